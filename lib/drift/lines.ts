/** `1 pod`, `2 pods`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A line beneath a graph: what it is about, and the rest. */
export function line(word: string, text: string): string {
  return `  ${word.padEnd(9)}  ${text}`;
}

/** Nodes, one for each pod: `n1, n2 for 2 pods`. */
export function nodeList(nodes: readonly string[], shown: (node: string) => string = (node) => node): string {
  const texts = [...new Set(nodes)].map((node) => {
    const pods = nodes.filter((other) => other === node).length;
    return `${shown(node)}${pods > 1 ? ` for ${count(pods, 'pod')}` : ''}`;
  });
  return texts.join(', ');
}
