import { Alert } from '../../components/alert.tsx'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import { UsageBar } from '../../components/usage-bar.tsx'
import { counted } from '../../readable-time.ts'
import type { FormState } from './form-state.ts'
import type { LivingOrganization } from './organization-view.ts'

interface SeatsPanelProps {
  readonly path: string
  readonly view: LivingOrganization
  readonly form: FormState
}

/** How many seats are taken, and how many there may be. */
export const SeatsPanel = ({ path, view: { team, rowRevision }, form }: SeatsPanelProps) => {
  const { used, active, pending, limit } = team.seats
  return (
    <Panel title="Seats">
      <PanelBody>
        <UsageBar
          label="In use"
          used={used}
          limit={limit}
          detail={`${counted(active, 'active member')}, ${counted(pending, 'pending invitation')}`}
        />
        <form class="form" method="post" action={`${path}/seats`}>
          {form.refusal !== undefined && <Alert tone="bad">{form.refusal}</Alert>}
          <input type="hidden" name="revision" value={String(rowRevision ?? '')} />
          <TextField
            id="seat_limit"
            label="Seat limit"
            inputmode="numeric"
            maxlength={10}
            hint="Empty for no limit. A limit below what is in use removes nobody; it only keeps the next one out."
            value={form.typed?.('seat_limit') ?? String(limit ?? '')}
            error={form.errors?.seat_limit}
          />
          <div class="actions">
            <Button look="primary">Save limit</Button>
          </div>
        </form>
      </PanelBody>
    </Panel>
  )
}
