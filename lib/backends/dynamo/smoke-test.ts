import { createHash } from 'node:crypto';
import { yamlText } from '../../emit/yaml';
import { writtenComponents, type GraphPins, type GraphSpec, type WrittenComponent } from '../../model/graph';
import { HOSTNAME_LABEL } from '../../model/node';

/** A test of a graph that has started, with defaults filled in. */
export interface SmokeTestSpec {
  readonly endpoint: 'chat' | 'completions';
  /** For how long it asks again where no answer comes. */
  readonly seconds: number;
}

/**
 * Port of a frontend's Service, which is named `<graph>-<component>` in lower case, with Grove or without (Dynamo 0.5.1
 * and 1.5, operator's internal/dynamo/graph.go and internal/consts).
 */
const PORT = 8000;

/** Flux waits for half an hour, and the image may have to be pulled first. */
const DEADLINE_SECONDS = 25 * 60;

/** The longest that a test may ask: twice, should its node fail, and within that deadline. */
export const MOST_SECONDS = 600;

/** Digest of the graph that was tested: the template of a Job cannot change, so another graph is another Job. */
const TESTED = 'bayplan.dev/tested-graph';

const paths = { chat: '/v1/chat/completions', completions: '/v1/completions' } as const;

/**
 * Asks for a few tokens until a text comes. Whatever an answer lacks is tried again: a frontend knows a model only once
 * its workers have told it. Text of a reasoning model may stand apart from its answer.
 */
export const smokeTestScript = `import json, sys, time, urllib.error, urllib.request

url, body, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
deadline = time.monotonic() + seconds
pause = min(5, seconds / 10)


def ask():
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=max(1, deadline - time.monotonic())) as answer:
            choice = json.load(answer)["choices"][0]
    except urllib.error.HTTPError as error:
        raise RuntimeError("HTTP %d: %s" % (error.code, error.read(300).decode("utf-8", "replace")))
    said = choice.get("message", choice)
    return "".join(said.get(part) or "" for part in ("reasoning_content", "content", "text")).strip()


print("asking", url, body, flush=True)
while True:
    try:
        text = ask()
        if text:
            print("the graph answers:", json.dumps(text))
            sys.exit(0)
        problem = "an answer without text"
    except Exception as error:
        problem = "%s: %s" % (type(error).__name__, error)
    print(problem, flush=True)
    if time.monotonic() + pause > deadline:
        sys.exit("no completion with text in %d seconds" % seconds)
    time.sleep(pause)
`;

/** Name of the Job of a graph's smoke test. */
export function smokeTestName({ name }: Pick<GraphSpec, 'name'>): string {
  return `${name}-smoke-test`;
}

/**
 * Spec of a Job (batch/v1) that asks a graph for a completion. It has no `ttlSecondsAfterFinished`: Flux would make a
 * Job that is gone anew, every hour.
 *
 * @param deployment the graph as it is written
 */
export function smokeTestSpec(graph: GraphSpec, test: SmokeTestSpec, pins: GraphPins, deployment: unknown): object {
  const frontend = writtenComponents(graph).find(({ spec }) => spec.role === 'frontend');
  const { nodeSelector = {}, tolerations = [] } = frontend?.spec ?? {};
  const tested = createHash('sha256').update(yamlText(deployment)).digest('hex');
  return {
    backoffLimit: 1,
    activeDeadlineSeconds: DEADLINE_SECONDS,
    template: {
      metadata: { annotations: { [TESTED]: `sha256:${tested}` } },
      spec: {
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
        ...(tolerations.length > 0 ? { tolerations } : {}),
        ...nearFrontend(pins.get(frontend?.name ?? '') ?? []),
        containers: [
          {
            name: 'smoke-test',
            image: graph.image,
            command: ['python3', '-c', smokeTestScript],
            args: requestOf(graph, test, frontend),
            resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
          },
        ],
      },
    },
  };
}

/** No more than a wish, since it is no pod of the plan: where a frontend runs, its image is there already. */
function nearFrontend(hostnames: readonly string[]): object {
  if (hostnames.length === 0) return {};
  const matchExpressions = [{ key: HOSTNAME_LABEL, operator: 'In', values: [...hostnames] }];
  const preferred = [{ weight: 100, preference: { matchExpressions } }];
  return { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } };
}

/** URL, body and time limit. */
function requestOf(graph: GraphSpec, { endpoint, seconds }: SmokeTestSpec, frontend?: WrittenComponent): string[] {
  const service = `${graph.name}-${frontend?.name ?? ''}`.toLowerCase();
  const prompt = 'What is the capital of France?';
  const asked = endpoint === 'chat' ? { messages: [{ role: 'user', content: prompt }] } : { prompt };
  const body = { model: servedName(graph), ...asked, max_tokens: 16, temperature: 0 };
  return [`http://${service}:${PORT}${paths[endpoint]}`, JSON.stringify(body), String(seconds)];
}

/** What clients call the model: as the workers' own arguments have it, else by its repository. */
function servedName({ components, model }: GraphSpec): string {
  const flag = '--served-model-name';
  for (const { args } of components) {
    const index = args.findIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
    const name = args[index]?.slice(flag.length + 1) || args[index + 1];
    if (index >= 0 && name !== undefined) return name;
  }
  return model.repository;
}
