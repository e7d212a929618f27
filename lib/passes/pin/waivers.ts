import type { IConstruct } from 'constructs';
import type { PinWaiver } from '../../constructs/pin-waiver';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { Wanted } from '../../pins/wanted';

const kinds = ['image', 'chart', 'model'] as const;

/** The waivers of a fleet, and which of them were of use. */
export class Waivers {
  private readonly used = new Set<PinWaiver>();

  constructor(private readonly all: readonly PinWaiver[]) {}

  /** Why something need not be pinned, on one line; undefined where a construct that names it has no waiver for it. */
  reason(kind: Wanted['kind'], name: string, namedBy: readonly IConstruct[]): string | undefined {
    const covering = namedBy.map((construct) => this.all.filter((waiver) => waiver.covers(construct, kind, name)));
    const reasons = covering.map(([first]) => first?.props.reason.trim().replace(/\s+/g, ' '));
    if (reasons.length === 0 || reasons.includes(undefined)) return undefined;
    for (const waiver of covering.flat()) this.used.add(waiver);
    return reasons[0];
  }

  /** What is wrong with the waivers themselves, once everything was asked for. */
  findings(): Diagnostic[] {
    return this.all.flatMap((waiver) => {
      if (kinds.every((kind) => waiver.props[kind] === undefined)) return [emptyWaiver(waiver)];
      if (waiver.props.reason.trim() === '') return [withoutReason(waiver)];
      return this.used.has(waiver) ? [] : [unused(waiver)];
    });
  }
}

function emptyWaiver(waiver: PinWaiver): Diagnostic {
  return diagnostic('BAY6030', {
    message: `the pin waiver "${waiver.node.id}" names no image, chart or model`,
    where: { construct: waiver.node.path, ...waiver.source },
    help: "say what it is about: { image: 'registry.example/team/server:1.5.0', reason: '…' }",
  });
}

function withoutReason(waiver: PinWaiver): Diagnostic {
  return diagnostic('BAY6030', {
    message: `the pin waiver of ${described(waiver)} gives no reason`,
    where: { construct: waiver.node.path, ...waiver.source },
    help: 'say why it cannot be pinned: who reviews it has to know',
  });
}

function unused(waiver: PinWaiver): Diagnostic {
  return diagnostic('BAY6029', {
    message: `nothing that is written needs the pin waiver of ${described(waiver)}`,
    where: { construct: waiver.node.path, ...waiver.source },
    help: 'remove it, or correct what it names; what has a digest or a whole commit needs none',
  });
}

function described({ props }: PinWaiver): string {
  const named = kinds.flatMap((kind) => (props[kind] === undefined ? [] : [`${kind} ${JSON.stringify(props[kind])}`]));
  return named.join(', ');
}
