import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** A process of workerd below another process. */
export interface Runtime {
  readonly pid: number
  readonly command: string
}

/** All runtimes below a process. None where there is no `ps`, as on Windows. */
export async function runtimesBelow(pid: number): Promise<Runtime[]> {
  const processes = await listProcesses()
  const below = new Set([pid])
  for (let size = 0; size !== below.size; ) {
    size = below.size
    for (const one of processes) if (below.has(one.parent)) below.add(one.pid)
  }
  return processes.filter(({ pid, command }) => below.has(pid) && /^\S*\bworkerd\b/.test(command))
}

/** Wrangler has two runtimes: one holds the port and stays, the other one runs the code and is replaced when the code changes. */
export const holdsPort = ({ command }: Runtime, port: number): boolean => new RegExp(`:${port}(?!\\d)`).test(command)

async function listProcesses(): Promise<(Runtime & { readonly parent: number })[]> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args='], { maxBuffer: 64 << 20 })
    return stdout.split('\n').flatMap((line) => {
      const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
      return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }]
    })
  } catch {
    return []
  }
}
