import type {Cgroup} from '../program.js'

/**
 * Lines of `inode path`, as `find /sys/fs/cgroup -type d -printf '%i %p\n'` or `ls -di` print them; a third word names the
 * container and a fourth the pod. Files inside a cgroup are left out.
 */
export function readCgroups(text: string): Cgroup[] {
  return text.split('\n').flatMap((line) => {
    const [id = '', path = '', container = null, pod = null] = line.trim().split(/\s+/)
    if (
      !/^\d+$/.test(id) ||
      !path.startsWith('/') ||
      /\/(cgroup|cpu|io|memory|pids|cpuset|hugetlb|rdma|misc|irq|dmem)\.[^/]+$/.test(path)
    )
      return []
    return [{id: Number(id), path, container, pod}]
  })
}
