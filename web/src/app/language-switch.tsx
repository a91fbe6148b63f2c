import { Button } from '../parts/button';
import { useSpeech } from '../texts/language';

/** Switches between German and English; written in the language it leads to. */
export function LanguageSwitch() {
  const { t, language, setLanguage } = useSpeech();
  const other = language === 'de' ? 'en' : 'de';
  return (
    <Button
      look="tertiary"
      icon="language"
      small
      lang={other}
      title={t.app.languageHint}
      onClick={() => setLanguage(other)}
    >
      {t.app.language}
    </Button>
  );
}
