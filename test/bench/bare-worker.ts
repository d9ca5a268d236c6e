import { DurableObject } from 'cloudflare:workers'

/*
 * What the platform itself costs: the same path as a call of Muster (worker, RPC, object), with nothing of Muster in it.
 * Plain enough to be stripped of its types and run as it stands.
 */

interface Bindings {
  readonly BARE: DurableObjectNamespace<BareObject>
}

export class BareObject extends DurableObject<Bindings> {
  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    ctx.storage.sql.exec('create table if not exists rows (id integer primary key, name text not null)')
    ctx.storage.sql.exec("insert or ignore into rows (id, name) values (1, 'first')")
  }

  write(name: string): number {
    return this.ctx.storage.sql.exec('insert into rows (name) values (?)', name).rowsWritten
  }

  read(id: number): unknown {
    return this.ctx.storage.sql.exec('select id, name from rows where id = ?', id).one()
  }
}

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/empty') return new Response(null)
    const object = env.BARE.getByName('the one')
    if (pathname === '/read') return Response.json(await object.read(1))
    return Response.json(await object.write('someone@example.test'))
  },
}
