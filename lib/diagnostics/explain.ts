import { registry, type DiagnosticCode } from './registry';
import { compareKeys } from '../order';

const width = 100;

/** What `bayplan explain CODE` prints: title, reason, an example that fails and the same put right. */
export function renderExplanation(code: DiagnosticCode): string {
  const { severity, title, explanation, bad, good } = registry[code];
  return [
    `${code} (${severity}): ${title}`,
    explanation
      .trim()
      .split(/\n{2,}/)
      .map(wrapped)
      .join('\n\n'),
    'Refused:',
    indented(bad),
    'Accepted:',
    indented(good),
  ]
    .join('\n\n')
    .concat('\n');
}

/** One line for each registered code, in order of code. */
export function renderCodeList(): string {
  const entries = Object.entries(registry).sort(compareKeys);
  return entries.map(([code, { severity, title }]) => `${code}  ${severity.padEnd(7)}  ${title}\n`).join('');
}

function wrapped(paragraph: string): string {
  const lines: string[] = [''];
  for (const word of paragraph.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}

function indented(example: string): string {
  const lines = example.replace(/^\n+|\s+$/g, '').split('\n');
  return lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n');
}
