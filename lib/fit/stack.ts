import { diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { knownBad, nearestProfile, profileOf, type StackProfile, type StackVersions } from '../backends/stacks';

/** What runs on the cluster, and what follows from it. */
export interface FitStack {
  readonly versions: StackVersions;
  readonly profile: StackProfile;
  /** Nobody said so: the newest without Grove. */
  readonly isAssumed: boolean;
  /** What is known to go wrong, and that nothing is known of the versions. */
  readonly caveats: readonly string[];
}

const parts = ['dynamo', 'kai', 'grove', 'runai'] as const;

/**
 * Reads `dynamo=1.5.0,kai=0.17.0`. Versions that are not supported are taken for the nearest that are.
 *
 * @param text what the command line says; absent for the newest stack without Grove
 */
export function readStack(text: string | undefined): Outcome<FitStack> {
  if (text === undefined) {
    const versions = { dynamo: '1.5.0', kai: '0.17.0' };
    const profile = profileOf(versions) ?? nearestProfile(versions);
    return { ok: true, value: { versions, profile, isAssumed: true, caveats: [] }, diagnostics: [] };
  }
  const entries = text.split(',').map((part) => part.split('='));
  const versions = Object.fromEntries(
    entries.filter(isPart).map(([name, version]) => [name, version.replace(/^v/, '')]),
  );
  const { dynamo } = versions;
  if (dynamo === undefined || !entries.every(isPart) || Object.keys(versions).length !== entries.length) {
    return { ok: false, diagnostics: [notStack(text)] };
  }
  const given: StackVersions = { dynamo, kai: versions.kai, grove: versions.grove, runai: versions.runai };
  const known = profileOf(given);
  const profile = known ?? nearestProfile(given);
  const bad = knownBad.filter(({ when }) => when(given)).map(({ effect }) => effect);
  const caveats = known ? bad : [...bad, `taken for ${profile.name}, the nearest of what is known`];
  return { ok: true, value: { versions: given, profile, isAssumed: false, caveats }, diagnostics: [] };
}

function isPart(entry: readonly string[]): entry is [(typeof parts)[number], string] {
  const [name, version = ''] = entry;
  return entry.length === 2 && parts.some((part) => part === name) && /^v?\d[\w.+-]*$/.test(version);
}

function notStack(text: string): ReturnType<typeof diagnostic> {
  return diagnostic('BAY1112', {
    message: `--stack is ${JSON.stringify(text)}`,
    where: { pointer: 'bayplan fit --stack' },
    help: 'write dynamo=VERSION with kai=VERSION or runai=VERSION, and grove=VERSION where it is installed, such as dynamo=1.5.0,kai=0.17.0',
  });
}
