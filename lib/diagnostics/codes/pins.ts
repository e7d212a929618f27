import type { CodeInfo } from './code';

/** BAY6xxx. Pins: what registries are asked, and the lock file. */
export const pinCodes = {
  BAY6001: {
    severity: 'error',
    title: 'a reference that no registry can be asked for',
    explanation: `
An image is named as docker and Kubernetes name it: a host where it is not Docker Hub, the path of a repository in lower
case, and a tag, a digest or both. A chart is named by an address that begins with oci:// and by one version: a range
such as ^1.2 is not one.`,
    bad: 'nvcr.io/nvidia/AI-Dynamo/vllm-runtime:1.5.0',
    good: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0',
  },
  BAY6002: {
    severity: 'error',
    title: 'an image or chart that its registry does not have',
    explanation: `
The registry answered that there is no such tag or digest in the repository. The note shows tags that it has, those
first that begin alike. Where the tag was there once, it was removed or renamed: pin another one.`,
    bad: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5',
    good: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0',
  },
  BAY6003: {
    severity: 'error',
    title: 'a registry that lets nobody in with these credentials',
    explanation: `
Credentials are those of docker: config.json in the folder that DOCKER_CONFIG names or in ~/.docker, and the credential
helpers named there. The notes say what was found. Log in with docker login, or put the file of a robot account there
in CI. Many registries answer like that as well for a repository that does not exist, so look at its name, too.`,
    bad: 'docker logout registry.example',
    good: 'docker login registry.example',
  },
  BAY6004: {
    severity: 'error',
    title: 'a registry that does not answer',
    explanation: `
No connection came about, or it was cut, or an answer took too long, and trying again did not help. The note says which.
HTTPS_PROXY, HTTP_PROXY and NO_PROXY are read as docker and helm read them; a mirror can stand in where a network has no
way out.`,
    bad: 'unset HTTPS_PROXY   # where only the proxy has a way out',
    good: 'export HTTPS_PROXY=http://proxy.example:3128',
  },
  BAY6005: {
    severity: 'error',
    title: 'a registry that cannot be trusted with a request',
    explanation: `
Registries are asked over TLS, with certificates that Node trusts or that SSL_CERT_FILE, NODE_EXTRA_CA_CERTS or an
option name. A certificate of a private authority needs its root there. Without TLS only this machine is asked, and
hosts that an option calls insecure; an answer that leads from TLS to an address without it is not followed.`,
    bad: 'docker pull registry.example/team/server   # it has a certificate of a private authority',
    good: 'export SSL_CERT_FILE=ca.pem',
  },
  BAY6006: {
    severity: 'error',
    title: 'a registry that gives no proper answer',
    explanation: `
It answered, but with an error of its own, with more bytes than a manifest may have, or with something that the OCI
distribution protocol does not know. Errors of a server and the status 429 (too many requests) were tried again, as
often as allowed. What answers at the address may also be no registry at all, such as a page to log in.`,
    bad: 'www.example.com/team/server:1.0.0',
    good: 'registry.example.com/team/server:1.0.0',
  },
  BAY6007: {
    severity: 'error',
    title: 'an answer that does not have its digest',
    explanation: `
The digest is computed from the bytes that came, and has to be the one that was asked for and the one that the registry
says. Here it is not: a proxy, a mirror or the registry changes what it sends. Such a digest is never recorded.`,
    bad: 'a proxy that rewrites manifests on their way',
    good: 'export NO_PROXY=registry.example',
  },
  BAY6008: {
    severity: 'error',
    title: 'something other than what was named',
    explanation: `
The registry has something by this name, but no image where an image is named, or no chart where a chart is: a registry
also keeps charts, signatures and other files. Images of the first format of docker (schema 1, up to 2017) have no
digest that holds and are not supported.`,
    bad: 'registry.example/charts/dynamo-platform:1.5.0   # a chart, as an image',
    good: 'registry.example/dynamo/operator:1.5.0',
  },
  BAY6009: {
    severity: 'error',
    title: 'a setting for registries that cannot be used',
    explanation: `
A file of certificates cannot be read or holds none, a proxy is no address of an http or https proxy, or a host or
mirror is not written as host, host:port, or for a mirror host/path. The message says which; nothing was asked yet.`,
    bad: 'export HTTPS_PROXY=socks5://proxy.example:1080',
    good: 'export HTTPS_PROXY=http://proxy.example:3128',
  },
  BAY6020: {
    severity: 'error',
    title: 'a lock that cannot be read',
    explanation:
      'The lock of a cluster says where its graphs are, and what images, charts and models stand for. It is written by synth and by bayplan lock; by hand, or in a merge, it became something that they would not write.',
    bad: '<<<<<<< HEAD',
    good: '# git checkout --theirs topologies/eu-west/eu-west.lock.yaml && npx bayplan synth',
  },
  BAY6021: {
    severity: 'error',
    title: 'a lock that is not current',
    explanation:
      'With --frozen everything comes out as it was locked before: another placement, another inventory, another version of Bayplan, or an image, chart or model that is not in the lock or is there no more, has to be locked first. Each entry is a finding of its own, with the command that mends it.',
    bad: 'bayplan synth --frozen   # in CI, after an edit without a synth',
    good: 'bayplan synth && git add topologies dist',
  },
} as const satisfies Record<string, CodeInfo>;
