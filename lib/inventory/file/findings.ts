import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { DiagnosticCode } from '../../diagnostics/registry';
import { FieldReader, type Place } from '../fields';
import { expandNames } from '../ranges';

/** What is wrong with an inventory file, gathered while it is read. */
export class FileFindings {
  private readonly found: Diagnostic[] = [];
  readonly classes = new FieldReader('class');
  readonly entries = new FieldReader('entry');

  constructor(private readonly place: Place) {}

  add(code: DiagnosticCode, pointer: string, message: string, help: string): void {
    this.found.push(diagnostic(code, { message, where: this.place(pointer), help }));
  }

  /** The names that a list stands for; none where it cannot be read, which is then told. */
  names(list: string | readonly string[], pointer: string): readonly string[] {
    if (typeof list === 'string') return this.expanded(list, pointer);
    return list.flatMap((part, i) => this.expanded(part, `${pointer}[${i}]`));
  }

  private expanded(text: string, pointer: string): readonly string[] {
    const expansion = expandNames(text);
    if (expansion.ok) return expansion.names;
    this.add('BAY1055', pointer, `the list ${JSON.stringify(text)} ${expansion.wrong}`, expansion.help);
    return [];
  }

  all(): Diagnostic[] {
    return [...this.found, ...this.classes.diagnostics(this.place), ...this.entries.diagnostics(this.place)];
  }
}

/** Of names as they stand in a file, one text. */
export function namesText(list: string | readonly string[]): string {
  return typeof list === 'string' ? list : list.join(',');
}
