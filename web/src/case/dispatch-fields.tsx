import type { DispatchSaid } from '../api/commands';
import { DayField } from '../parts/day-field';
import { SelectField } from '../parts/field';
import { useSpeech } from '../texts/language';

/** What is entered of a dispatch; days may be missing. */
export interface Dispatching {
  on: string;
  way: string;
  received: string;
}

export const dispatchSaid = ({ on, way, received }: Dispatching): DispatchSaid => ({
  on,
  way,
  ...(received === '' ? {} : { received_on: received }),
});

/** Which of the two days it is that is refused. */
export const fieldRefused = ({ on, received }: Dispatching, today: string): 'on' | 'received' =>
  on <= today && received !== '' && (received > today || received < on) ? 'received' : 'on';

interface DispatchFieldsProps {
  value: Dispatching;
  /** What is wrong with the day of dispatch. */
  dayError: string | undefined;
  /** What is wrong with the day of receipt. */
  receivedError?: string | undefined;
  receivedHelp: string;
  onChange: (value: Dispatching) => void;
}

/** Day, way and proven receipt of a dispatch. */
export function DispatchFields({
  value,
  dayError,
  receivedError,
  receivedHelp,
  onChange,
}: DispatchFieldsProps) {
  const { t } = useSpeech();
  return (
    <>
      <DayField
        id="dispatch-on"
        label={t.documents.on}
        required
        value={value.on}
        error={dayError}
        onChange={(on) => onChange({ ...value, on })}
      />
      <SelectField
        id="dispatch-way"
        label={t.documents.way}
        required
        value={value.way}
        options={Object.entries(t.documents.ways).map(([id, title]) => ({ id, title }))}
        onChange={(way) => onChange({ ...value, way })}
      />
      <DayField
        id="dispatch-received"
        at="received_on"
        label={t.documents.receivedOn}
        help={receivedHelp}
        value={value.received}
        error={receivedError}
        onChange={(received) => onChange({ ...value, received })}
      />
    </>
  );
}
