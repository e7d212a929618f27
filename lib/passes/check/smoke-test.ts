import { MOST_SECONDS } from '../../backends/dynamo/smoke-test';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { placeOf, type ClusterModel } from '../collect';

/** Tests that ask for no time at all, or for longer than Flux waits. */
export function checkSmokeTests({ graphs }: ClusterModel): Diagnostic[] {
  return graphs.flatMap((graph) => {
    const seconds = graph.smokeTest?.seconds ?? 1;
    if (Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= MOST_SECONDS) return [];
    return [
      diagnostic('BAY2040', {
        message: `smokeTest.seconds is ${String(seconds)}, which is no whole number from 1 to ${MOST_SECONDS}`,
        where: { ...placeOf(graph), pointer: 'smokeTest.seconds' },
        help: 'write a number such as 300, or leave it out',
        data: { value: String(seconds) },
      }),
    ];
  });
}
