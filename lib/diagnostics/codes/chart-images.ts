import type { CodeInfo } from './code';

/** BAY605x. Where images come from: registries that are gone, and what cannot be relied on. */
export const chartImageCodes = {
  BAY6050: {
    severity: 'error',
    title: 'an image that is gone',
    explanation: `
The registry, or the part of it that held the image, was taken down. A node that has the image keeps running it, and the
next node cannot pull it. Where the same image is kept elsewhere, help names it. Images that a chart runs are looked at as
well: those are named in the values of its HelmRelease.`,
    bad: 'image: gcr.io/kubebuilder/kube-rbac-proxy:v0.15.0',
    good: 'image: registry.k8s.io/kubebuilder/kube-rbac-proxy:v0.15.0',
  },
  BAY6051: {
    severity: 'warning',
    title: 'an image that changes and cannot be pinned',
    explanation: `
A chart writes the name into its templates with a tag that is moved to new images, and no value takes a digest. What runs
tomorrow is not what ran in the test. Switch off what needs it, where that is possible, or take a newer chart.`,
    bad: 'dynamo-operator: { dynamo: { mpiRun: { sshKeygen: { enabled: true } } } }   # Dynamo 0.5.1',
    good: 'dynamo-operator: { dynamo: { mpiRun: { sshKeygen: { enabled: false } } } }  # with a Secret of your own',
  },
  BAY6052: {
    severity: 'warning',
    title: 'an image that nobody mends',
    explanation: `
It can be pulled, but the place that it comes from is an archive: there are no fixes, and it may be taken down. Plan to
leave it, or keep a copy in a registry of your own.`,
    bad: 'image: docker.io/bitnamilegacy/etcd:3.5.18-debian-12-r5',
    good: 'image: registry.example/etcd/etcd:v3.5.18',
  },
} as const satisfies Record<string, CodeInfo>;
