import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { runningComponents, untoldApartness } from '../problem';
import { called, type Noted } from './note';

/** What pods ask for and the answer does not know of. */
export function untoldNotes({ asked }: Noted): Diagnostic[] {
  return asked.flatMap((each) => {
    const { workload, wishes } = each;
    const spreading = runningComponents(workload).filter(({ pods }) => pods.some(({ mustSpread }) => mustSpread));
    const apart = untoldApartness(workload);
    const what = [
      ...spreading.map(({ name }) => `topologySpreadConstraints of ${name}`),
      ...apart.map(({ name }) => `anti-affinity of ${name} to other components`),
      ...wishes.unknown.map(({ word, pointer }) => `the level ${word}, which no node has (${pointer})`),
    ];
    if (what.length === 0) return [];
    return [
      diagnostic('BAY1125', {
        message: `not looked at for ${called(each)}: ${what.join('; ')}`,
        where: workload.where,
        help: 'see for yourself that it holds where the answer has the pods',
      }),
    ];
  });
}
