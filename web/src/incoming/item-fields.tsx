import type { ItemSaid } from '../api/commands';
import { useToday } from '../api/session';
import { DayField } from '../parts/day-field';
import { TextField } from '../parts/field';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';

/** What is wrong with what is entered of an item, by field. */
export function useItemFlaws({ subject, received_on }: ItemSaid): Partial<Record<keyof ItemSaid, string>> {
  const { t } = useSpeech();
  const today = useToday();
  const day = !isDay(received_on)
    ? t.form.notDay
    : received_on > today
      ? t.incoming.register.future
      : undefined;
  return {
    ...(day !== undefined && { received_on: day }),
    ...(subject.trim() === '' && { subject: t.form.required }),
  };
}

/** As it is sent. */
export const itemSaid = ({ subject, sender, email, received_on }: ItemSaid): ItemSaid => ({
  subject: subject.trim(),
  sender: sender.trim(),
  email: email.trim(),
  received_on,
});

interface ItemFieldsProps {
  value: ItemSaid;
  flaws: Partial<Record<keyof ItemSaid, string>>;
  onChange: (value: ItemSaid) => void;
}

/** The day of receipt of an item of the incoming post, what it is about, and who sent it. */
export function ItemFields({ value, flaws, onChange }: ItemFieldsProps) {
  const { t } = useSpeech();
  const words = t.incoming.register;
  const change = (field: keyof ItemSaid) => (text: string) => onChange({ ...value, [field]: text });
  return (
    <>
      <DayField
        id="item-received"
        at="received_on"
        label={words.received}
        help={words.receivedHelp}
        required
        value={value.received_on}
        error={flaws.received_on}
        onChange={change('received_on')}
      />
      <TextField
        id="item-subject"
        label={words.subject}
        required
        maxLength={300}
        value={value.subject}
        error={flaws.subject}
        onChange={change('subject')}
      />
      <TextField
        id="item-sender"
        label={words.sender}
        maxLength={200}
        value={value.sender}
        onChange={change('sender')}
      />
      <TextField
        id="item-email"
        label={words.email}
        type="email"
        maxLength={200}
        value={value.email}
        onChange={change('email')}
      />
    </>
  );
}
