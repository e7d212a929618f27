import { MOST_SECONDS, smokeTestName } from '../../backends/dynamo/smoke-test';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { placeOf, type ClusterModel } from '../collect';

/** A Job's pods carry its name as a label. */
const MOST_LETTERS = 63;

/** Tests that ask for no time at all, or for longer than Flux waits, and names that no Job can have. */
export function checkSmokeTests({ graphs }: ClusterModel): Diagnostic[] {
  return graphs.flatMap((graph) => {
    if (!graph.smokeTest) return [];
    const where = placeOf(graph);
    return [...checkSeconds(where, graph.smokeTest.seconds), ...checkJobName(where, graph.spec)];
  });
}

function checkSeconds(where: Diagnostic['where'], seconds: number): Diagnostic[] {
  if (Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= MOST_SECONDS) return [];
  return [
    diagnostic('BAY2040', {
      message: `smokeTest.seconds is ${String(seconds)}, which is no whole number from 1 to ${MOST_SECONDS}`,
      where: { ...where, pointer: 'smokeTest.seconds' },
      help: 'write a number such as 300, or leave it out',
      data: { value: String(seconds) },
    }),
  ];
}

function checkJobName(where: Diagnostic['where'], graph: { readonly name: string }): Diagnostic[] {
  const name = smokeTestName(graph);
  if (name.length <= MOST_LETTERS) return [];
  return [
    diagnostic('BAY2020', {
      message: `${JSON.stringify(name)} cannot be the name of a Job`,
      where: { ...where, pointer: 'smokeTest' },
      notes: [`its pods carry the name as a label, which has at most ${MOST_LETTERS} characters`],
      help: `shorten the name of the graph by ${name.length - MOST_LETTERS}`,
      data: { kind: 'Job', name },
    }),
  ];
}
