import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { openHub, type Hub } from './hub';
import type { ChartPin, ImagePin, ModelPin } from './lock';
import {
  openRegistries,
  type OnProgress,
  type Registries,
  type ResolvedChart,
  type ResolvedImage,
} from './registry/registries';
import type { RegistryOptions } from './registry/settings';
import type { Pins, Wanted, WantedChart, WantedImage, WantedModel } from './wanted';

/** Looks up what names stand for, in registries and in the hub of models; everything that failed is told at once. */
export async function lookUp(
  wanted: readonly Wanted[],
  options: RegistryOptions,
  onProgress: OnProgress,
): Promise<Outcome<Pins>> {
  const registries = openRegistries(options);
  if (!registries.ok) return registries;
  const hub = openHub(options);
  if (!hub.ok) return hub;
  try {
    return await lookUpIn(registries.value, hub.value, wanted, onProgress);
  } finally {
    await Promise.all([registries.value.close(), hub.value.close()]);
  }
}

async function lookUpIn(
  registries: Registries,
  hub: Hub,
  wanted: readonly Wanted[],
  onProgress: OnProgress,
): Promise<Outcome<Pins>> {
  let done = 0;
  const step = (name: string): void => onProgress(++done, wanted.length, name);
  const kept = wanted.filter((one) => one.kind !== 'model');
  const models = wanted.filter((one) => one.kind === 'model');
  const [resolved, commits] = await Promise.all([
    registries.resolveAll(kept.map(asked), (_done, _total, name) => step(name)),
    resolveModels(hub, models, step),
  ]);
  const diagnostics = [
    ...kept.flatMap((one, index) => explained(one, resolved[index]?.diagnostics ?? [])),
    ...models.flatMap((one, index) => explained(one, commits[index]?.diagnostics ?? [])),
  ];
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const found = kept.flatMap((one, index) => {
    const outcome = resolved[index];
    return outcome?.ok ? [[one.name, outcome.value] as const] : [];
  });
  const value: Pins = {
    images: Object.fromEntries(found.flatMap(([name, pin]) => (pin.kind === 'image' ? [[name, imagePin(pin)]] : []))),
    charts: Object.fromEntries(found.flatMap(([name, pin]) => (pin.kind === 'chart' ? [[name, chartPin(pin)]] : []))),
    models: Object.fromEntries(
      models.flatMap(({ name }, index) => {
        const outcome = commits[index];
        return outcome?.ok ? [[name, { revision: outcome.value } satisfies ModelPin]] : [];
      }),
    ),
  };
  return { ok: true, value, diagnostics: [] };
}

function asked(one: WantedImage | WantedChart): Parameters<Registries['resolveAll']>[0][number] {
  return one.kind === 'image'
    ? { kind: 'image', reference: one.name, where: one.where }
    : { kind: 'chart', address: one.address, version: one.version, where: one.where };
}

/** One after the other: a fleet has few of them. */
async function resolveModels(
  hub: Hub,
  models: readonly WantedModel[],
  step: (name: string) => void,
): Promise<Outcome<string>[]> {
  const outcomes: Outcome<string>[] = [];
  for (const { name, repository, revision, where } of models) {
    outcomes.push(await hub.resolveModel(repository, revision, where));
    step(name);
  }
  return outcomes;
}

function imagePin({ digest, platforms }: ResolvedImage): ImagePin {
  return { digest, platforms };
}

function chartPin({ digest }: ResolvedChart): ChartPin {
  return { digest };
}

/** A look-up that failed keeps all others from being written: the note says how to go on without it. */
function explained({ kind, name }: Wanted, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const waiver = `new PinWaiver(cluster, 'id', { ${kind}: '${name}', reason: '…' })`;
  const note = `nothing was written; to go on without it, say why: ${waiver}`;
  return diagnostics.map((found) => diagnostic(found.code, { ...found, notes: [...found.notes, note] }));
}
