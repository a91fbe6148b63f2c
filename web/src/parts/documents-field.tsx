import type { Choice } from './form/profile';
import { ChecksField, FieldGroup, type FieldFrame } from './field';
import { useSpeech } from '../texts/language';

interface Props extends FieldFrame {
  /** The documents of the file; the ids are their numbers. */
  options: Choice[];
  value: number[];
  onChange: (value: number[]) => void;
}

/** Documents of the file, any number of them: what goes with a letter. */
export function DocumentsField({ options, value, onChange, ...frame }: Props) {
  const { t } = useSpeech();
  if (options.length === 0)
    return (
      <FieldGroup {...frame}>
        <p className="fw-muted" id={frame.id}>
          {t.form.noDocuments}
        </p>
      </FieldGroup>
    );
  return (
    <ChecksField
      {...frame}
      options={options}
      value={value.map(String)}
      onChange={(ids) => onChange(ids.map(Number))}
    />
  );
}
