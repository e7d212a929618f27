import { offUnless, type KnownChart } from './chart';

const REGISTRY = 'ghcr.io/ai-dynamo/grove';

/** What the release writes in place of names and tags (.github/workflows/push-artifacts.yaml). */
const TAG = 'v{version}';

/** Grove: one operator. A tag that begins with `sha256:` is a digest to the chart, any other stands behind a colon. */
export const groveChart: KnownChart = {
  chart: 'grove-charts',
  versions: [
    {
      versions: /^0\.1\.0-alpha\.1[23](-rc\d+)?$/,
      images: [
        {
          runs: 'the operator',
          parts: {
            repository: { from: ['image.repository'], own: `${REGISTRY}/grove-operator` },
            tag: { from: ['image.tag'], own: TAG },
            bareDigest: true,
          },
        },
        {
          runs: 'an init container of the operator that applies the CRDs',
          when: [offUnless('crdInstaller.enabled')],
          parts: {
            repository: { from: ['crdInstaller.image.repository'], own: `${REGISTRY}/grove-install-crds` },
            tag: { from: ['crdInstaller.image.tag'], own: TAG },
            bareDigest: true,
          },
        },
        {
          runs: 'an init container of pods that start in an order',
          parts: {
            repository: { from: ['deployment.env.GROVE_INIT_CONTAINER_IMAGE'], own: `${REGISTRY}/grove-initc` },
            tag: { own: TAG },
          },
          fixed: 'the operator writes its own version behind the name, and a digest has no place there',
        },
      ],
      sources: [
        'ai-dynamo/grove v0.1.0-alpha.12-rc1 (19905d53), operator/charts',
        'ai-dynamo/grove fcc3b3bb (2026-08-19, the last that was read before alpha.13), operator/charts and operator/internal/controller/podclique/components/pod/initcontainer.go',
      ],
    },
  ],
};
