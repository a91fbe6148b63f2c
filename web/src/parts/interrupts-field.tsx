import { useSpeech } from '../texts/language';
import { Alert } from './alert';
import { CheckField } from './field';

interface InterruptsFieldProps {
  id: string;
  value: boolean;
  error: string | undefined;
  onChange: (sure: boolean) => void;
}

/** A message that may end what is under way is recorded only when that is said and meant. */
export function InterruptsField({ id, value, error, onChange }: InterruptsFieldProps) {
  const { t } = useSpeech();
  return (
    <Alert tone="warning" title={t.case.messageInterrupts}>
      <CheckField
        id={id}
        label={t.case.messageSure}
        required
        value={value}
        error={error}
        onChange={onChange}
      />
    </Alert>
  );
}
