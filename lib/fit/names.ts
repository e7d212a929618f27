import type { Workload } from '../workloads/workload';

/** A name for each workload that no other has: the bare one, with its namespace or its kind where that is needed. */
export function gangNames(workloads: readonly Workload[]): readonly string[] {
  const forms = [
    ({ name }: Workload): string => name,
    ({ namespace, name }: Workload): string => `${namespace}/${name}`,
    ({ kind, namespace, name }: Workload): string => `${kind} ${namespace}/${name}`,
  ];
  return workloads.map((workload) => {
    const form = forms.find((of) => workloads.filter((other) => of(other) === of(workload)).length === 1);
    return (form ?? forms[2] ?? String)(workload);
  });
}
