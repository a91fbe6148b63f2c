import { useRef, useState } from 'react';

import { Button } from '../parts/button';
import { Field, type FieldFrame, untaken } from '../parts/field';
import { useSpeech } from '../texts/language';

/** The largest picture, in bytes; the server says so, too. */
const MOST_BYTES = 60 * 1024;
const KINDS = ['image/png', 'image/svg+xml'];

interface PictureFieldProps extends FieldFrame {
  /** A `data:` address; blank: none. */
  value: string;
  onChange: (value: string) => void;
}

/** A small picture that is kept with what is saved. */
export function PictureField({ value, onChange, ...frame }: PictureFieldProps) {
  const { t } = useSpeech();
  const words = t.authority;
  const input = useRef<HTMLInputElement>(null);
  const [flaw, tell] = useState<string | undefined>(undefined);
  const take = (file: File | undefined) => {
    tell(undefined);
    if (!file) return;
    if (!KINDS.includes(file.type) || file.size > MOST_BYTES) {
      tell(words.pictureUnfit);
      return;
    }
    const reader = new FileReader();
    reader.onload = () => {
      if (typeof reader.result === 'string') onChange(reader.result);
    };
    reader.readAsDataURL(file);
  };
  return (
    <Field {...frame} error={flaw ?? frame.error}>
      {(control) => (
        <>
          {value !== '' && (
            <p className="fw-actions">
              <Picture address={value} title={words.pictureOf(frame.label)} />
              <Button small icon="close" onClick={() => onChange('')}>
                {words.removePicture(frame.label)}
              </Button>
            </p>
          )}
          <input
            {...control}
            {...untaken(flaw)}
            ref={input}
            className="kern-form-input__input"
            type="file"
            accept={KINDS.join(',')}
            onChange={(event) => take(event.target.files?.[0])}
          />
          {flaw !== undefined && (
            <p>
              <Button
                small
                icon="close"
                onClick={() => {
                  if (input.current) input.current.value = '';
                  tell(undefined);
                }}
              >
                {words.dropPicture}
              </Button>
            </p>
          )}
        </>
      )}
    </Field>
  );
}

/** A picture as it stands on letters, only smaller. */
export function Picture({ address, title }: { address: string; title: string }) {
  return <img src={address} alt={title} height={64} />;
}
