import { useState } from 'react';

import { setAuthority } from '../api/commands';
import type { AuthorityProfile } from '../api/shapes';
import { CommandDialog } from '../parts/command-dialog';
import { CheckField, LinesField, SelectField, TextField } from '../parts/field';
import { useSpeech } from '../texts/language';
import { PictureField } from './picture-field';

/** The Lands in which holidays depend on who lives in a municipality. */
const WITH_CATHOLIC = ['BY', 'SN', 'TH'];

/** What is typed as one text each. */
type Line = Exclude<keyof AuthorityProfile, 'name' | 'categories' | 'kind'>;

interface AuthorityDialogProps {
  profile: AuthorityProfile;
  /** Municipalities with holidays of their own. */
  places: string[];
  onClose: () => void;
}

/** Says who the authority is. */
export function AuthorityDialog({ profile, places, onClose }: AuthorityDialogProps) {
  const { t } = useSpeech();
  const words = t.authority;
  const [draft, setDraft] = useState(profile);
  const change = (changed: Partial<AuthorityProfile>) => setDraft({ ...draft, ...changed });
  const line = (name: Line) => ({
    id: `authority-${name}`,
    value: draft[name] ?? '',
    onChange: (value: string) => change({ [name]: value }),
  });
  const wrong = {
    name: draft.name.de.trim() === '' ? words.nameMissing : undefined,
    land: draft.land === '' ? words.landMissing : undefined,
  };
  const known = places.map((id) => ({ id, title: id }));
  const own = draft.municipality && !places.includes(draft.municipality) ? [draft.municipality] : [];
  return (
    <CommandDialog
      title={words.edit}
      done={words.saved}
      act={t.act.save}
      ready={Object.values(wrong).every((each) => each === undefined)}
      run={(command) =>
        setAuthority(command, {
          ...draft,
          name: { de: draft.name.de, en: draft.name.en.trim() === '' ? draft.name.de : draft.name.en },
          categories: WITH_CATHOLIC.includes(draft.land) ? (draft.categories ?? []) : [],
        })
      }
      onClose={onClose}
      wide
    >
      {(tried) => (
        <>
          <TextField
            id="authority-name"
            label={words.name}
            required
            value={draft.name.de}
            error={tried ? wrong.name : undefined}
            onChange={(de) => change({ name: { ...draft.name, de } })}
          />
          <TextField
            id="authority-name-en"
            label={words.nameEn}
            help={words.nameEnHelp}
            value={draft.name.en}
            onChange={(en) => change({ name: { ...draft.name, en } })}
          />
          <SelectField
            id="authority-kind"
            label={words.kind}
            help={words.kindHelp}
            empty={t.word.choose}
            value={draft.kind ?? ''}
            options={Object.entries(words.kinds).map(([id, title]) => ({ id, title }))}
            onChange={(kind) => change({ kind: kind === '' ? null : (kind as AuthorityProfile['kind']) })}
          />
          <SelectField
            {...line('land')}
            label={words.land}
            required
            error={tried ? wrong.land : undefined}
            options={Object.entries(words.lands).map(([id, title]) => ({ id, title }))}
          />
          <SelectField
            {...line('municipality')}
            label={words.municipality}
            help={words.municipalityHelp}
            empty={words.noMunicipality}
            options={[...known, ...own.map((id) => ({ id, title: id }))]}
          />
          {WITH_CATHOLIC.includes(draft.land) && (
            <CheckField
              id="authority-catholic"
              label={words.catholic}
              help={words.catholicHelp}
              value={draft.categories?.includes('catholic') ?? false}
              onChange={(is) => change({ categories: is ? ['catholic'] : [] })}
            />
          )}
          <TextField {...line('key')} label={words.key} help={words.keyHelp} inputMode="numeric" short />
          <TextField {...line('street')} label={words.street} />
          <TextField {...line('postal_code')} label={words.postalCode} inputMode="numeric" short />
          <TextField {...line('town')} label={words.town} />
          <TextField {...line('phone')} label={words.phone} />
          <TextField {...line('email')} label={words.email} type="email" />
          <TextField {...line('web')} label={words.web} />
          <LinesField {...line('letterhead')} label={words.letterhead} help={words.letterheadHelp} />
          <PictureField {...line('logo')} label={words.logo} help={words.logoHelp} />
          <PictureField {...line('seal')} label={words.seal} help={words.sealHelp} />
          <TextField {...line('superior')} label={words.superior} help={words.superiorHelp} />
          <LinesField {...line('superior_address')} label={words.superiorAddress} />
          <TextField {...line('account_holder')} label={words.holder} />
          <TextField {...line('iban')} label={words.iban} />
          <TextField {...line('bic')} label={words.bic} help={words.bicHelp} short />
        </>
      )}
    </CommandDialog>
  );
}
