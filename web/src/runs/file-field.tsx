import { Field } from '../parts/field';

interface FileFieldProps {
  id: string;
  label: string;
  help: string;
  error?: string | undefined;
  onChange: (file: File | null) => void;
}

/** A list that somebody chooses. */
export function FileField({ onChange, ...frame }: FileFieldProps) {
  return (
    <Field {...frame} required>
      {(control) => (
        <input
          {...control}
          className="kern-form-input__input"
          type="file"
          accept=".csv,.txt,text/csv"
          onChange={(event) => onChange(event.target.files?.[0] ?? null)}
        />
      )}
    </Field>
  );
}
