import { DOCKER_HUB, parseImage } from '../../pins/registry/reference';

/**
 * What is known of a place that images come from: they are `gone`; they are still there but `frozen`, so that nobody
 * mends them; or a tag is `moving`, so that another image may stand behind it tomorrow.
 */
export type GoneStatus = 'gone' | 'frozen' | 'moving';

/** Images that a rule is about, and what is known of them. */
export interface GoneRule {
  readonly host: string;
  /** How the path of the repository begins. */
  readonly repository: string;
  /** What the whole tag has to be; a name without one has the tag `latest`. @default - any */
  readonly tag?: RegExp;
  readonly status: GoneStatus;
  /** What happened, as a note. */
  readonly what: string;
  /** Stands in place of host and beginning, with the same rest and tag behind it. @default - no image is the same */
  readonly replacement?: string;
  /** What to do, where no image is the same. */
  readonly advice: string;
  readonly sources: readonly string[];
}

const bitnami = ['bitnami/containers #83267, #86222', 'bitnami/charts #35164'];

/** The first rule that fits counts. */
export const goneRules: readonly GoneRule[] = [
  {
    host: 'gcr.io',
    repository: 'kubebuilder/',
    status: 'gone',
    what: 'gcr.io/kubebuilder went away with the Container Registry in March 2025; its images were copied to registry.k8s.io before',
    replacement: 'registry.k8s.io/kubebuilder/',
    advice: 'use an image of registry.k8s.io/kubebuilder, or quay.io/brancz/kube-rbac-proxy',
    sources: [
      'kubernetes-sigs/kubebuilder discussion #3907',
      'kubernetes/k8s.io #6690 and registry.k8s.io/images/k8s-staging-kubebuilder/images.yaml at e10ab5f9',
      'NVIDIA/aicr #318, kubero-dev/kubero-operator #56: it cannot be pulled',
    ],
  },
  {
    host: 'k8s.gcr.io',
    repository: '',
    status: 'frozen',
    what: 'k8s.gcr.io gets no new images since April 2023; it is registry.k8s.io now',
    replacement: 'registry.k8s.io/',
    advice: 'use the image of registry.k8s.io',
    sources: ['kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement'],
  },
  {
    host: DOCKER_HUB,
    repository: 'bitnami/',
    tag: /^(?!latest$)./,
    status: 'gone',
    what: 'Bitnami took its images with versions off Docker Hub from 29 September 2025 on; bitnamilegacy keeps them for a time, and nobody mends them',
    replacement: 'docker.io/bitnamilegacy/',
    advice: 'use an image of the project itself',
    sources: [...bitnami, 'ai-dynamo/dynamo #2806, #4322', 'bitnami/containers #88999'],
  },
  {
    host: DOCKER_HUB,
    repository: 'bitnami/',
    status: 'moving',
    what: 'Bitnami publishes no tag but latest, meant for development, and changes what stands behind it',
    advice: 'use an image of the project itself, with a version',
    sources: bitnami,
  },
  {
    host: DOCKER_HUB,
    repository: 'bitnamisecure/',
    status: 'moving',
    what: 'Bitnami publishes no tag but latest, meant for development, and changes what stands behind it: one change made the hook of Dynamo fail',
    advice: 'use an image of the project itself, with a version',
    sources: [...bitnami, 'ai-dynamo/dynamo #4157, #4158'],
  },
  {
    host: DOCKER_HUB,
    repository: 'bitnamilegacy/',
    status: 'frozen',
    what: 'bitnamilegacy holds what Bitnami published until August 2025: nobody mends it, and it is not promised to stay',
    advice: 'use an image of the project itself, or keep a copy in a registry of your own',
    sources: bitnami,
  },
  {
    host: DOCKER_HUB,
    repository: 'library/',
    tag: /^(latest|\d+(\.\d+)?(-[a-z]+)*)$/,
    status: 'moving',
    what: 'a tag of an official image that names no patch is moved to each new one',
    advice: 'give it a digest',
    sources: ['docker-library/official-images, README'],
  },
];

/** What is known of an image that should not be used. */
export interface GoneImage {
  readonly status: GoneStatus;
  readonly what: string;
  /** A reference to the same image elsewhere, where there is one. */
  readonly replacement?: string;
  readonly advice: string;
  readonly sources: readonly string[];
}

/**
 * What is known to be wrong with where an image comes from; nothing of most images, and nothing of what is no
 * reference. A digest keeps an image from moving, not from being gone.
 */
export function goneImage(reference: string): GoneImage | undefined {
  const parsed = parseImage(reference, {});
  if (!parsed.ok) return undefined;
  const { host, repository } = parsed.value;
  const [name = '', digest] = reference.split('@');
  const tag = /:([^/:]*)$/.exec(name)?.[1];
  const rule = goneRules.find(
    (one) =>
      one.host === host &&
      repository.startsWith(one.repository) &&
      (one.tag === undefined || one.tag.test(tag ?? (digest === undefined ? 'latest' : ''))),
  );
  if (!rule || (rule.status === 'moving' && digest !== undefined)) return undefined;
  const { status, what, replacement, advice, sources } = rule;
  const rest = `${repository.slice(rule.repository.length)}${tag === undefined ? '' : `:${tag}`}`;
  return { status, what, replacement: replacement && `${replacement}${rest}`, advice, sources };
}
