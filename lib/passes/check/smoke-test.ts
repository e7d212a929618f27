import { MOST_SECONDS, smokeTestName, testedFrontend } from '../../backends/dynamo/smoke-test';
import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { placeOf, type ClusterModel } from '../collect';

/** A Job's pods carry its name as a label. */
const MOST_LETTERS = 63;

/** Tests that would never pass, or never be made. */
export function checkSmokeTests({ graphs }: ClusterModel): Diagnostic[] {
  return graphs.flatMap((graph) => [...faults(graph)].map((fault) => refused(graph, fault)));
}

interface Fault {
  readonly text: string;
  readonly pointer: string;
  readonly help: string;
}

function* faults({ spec, smokeTest }: DynamoGraph): Generator<Fault> {
  if (!smokeTest) return;
  const { seconds } = smokeTest;
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > MOST_SECONDS) {
    const text = `asks for ${String(seconds)} seconds, which is no whole number from 1 to ${MOST_SECONDS}`;
    yield { text, pointer: 'smokeTest.seconds', help: 'write a number such as 300, or leave it out' };
  }
  if (!testedFrontend(spec)) {
    yield {
      text: 'has no frontend to ask',
      pointer: 'frontend.replicas',
      help: 'leave smokeTest out until it has one',
    };
  }
  const extra = smokeTestName(spec).length - MOST_LETTERS;
  if (extra > 0) {
    const text = `would be a Job of a name with ${MOST_LETTERS + extra} letters, and ${MOST_LETTERS} is the most`;
    yield { text, pointer: 'smokeTest', help: `shorten the name of the graph by ${extra}` };
  }
}

function refused(graph: DynamoGraph, { text, pointer, help }: Fault): Diagnostic {
  return diagnostic('BAY4060', {
    message: `the smoke test of graph "${graph.spec.name}" ${text}`,
    where: { ...placeOf(graph), pointer },
    help,
  });
}
