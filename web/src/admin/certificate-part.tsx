import { useSession, useToday } from '../api/session';
import type { Certificate } from '../api/shapes';
import { Button } from '../parts/button';
import { Facts } from '../parts/values';
import { useSpeech } from '../texts/language';

/** What is left of a case, on a page that can be printed. */
export function CertificatePart({
  certificate,
  onBack,
}: {
  certificate: Certificate;
  /** Where there is a list that one came from. */
  onBack?: () => void;
}) {
  const { t, say, instant, day } = useSpeech();
  const session = useSession();
  const today = useToday();
  const words = t.admin.erasures;
  const facts: [string, string][] = [
    [words.facts.number, certificate.number ?? words.withoutNumber],
    [words.facts.case, certificate.case],
    [words.facts.process, say(certificate.process)],
    [words.facts.began, instant(certificate.began_at)],
    [words.facts.at, instant(certificate.at)],
    [words.facts.askedBy, certificate.asked_by.name],
    [words.facts.by, certificate.by.name],
    [words.facts.reason, certificate.reason],
    ...(certificate.exception == null
      ? []
      : [[words.facts.exception, certificate.exception] satisfies [string, string]]),
    ...(certificate.alone == null ? [] : [[words.facts.alone, certificate.alone] satisfies [string, string]]),
    [words.facts.turns, String(certificate.turns)],
    [words.facts.documents, String(certificate.documents)],
    [words.facts.keys, certificate.keys.join(' ')],
    [words.facts.lastHash, certificate.last_hash],
    [words.facts.publicKey, certificate.public_key],
    [words.facts.signature, certificate.signature],
  ];
  return (
    <section aria-labelledby="certificate">
      <h2 id="certificate" className="kern-heading-medium">
        {words.certificate}
      </h2>
      <p className="fw-only-print">{t.word.printed(say(session.tenant.title), day(today))}</p>
      <p className="kern-body">{certificate.done ? words.keysGone : words.keysGo}</p>
      <Facts items={facts.map(([title, value]) => ({ title, value }))} />
      <div className="fw-actions">
        <Button look="secondary" onClick={() => window.print()}>
          {words.print}
        </Button>
        {onBack && (
          <Button look="tertiary" onClick={onBack}>
            {words.back}
          </Button>
        )}
      </div>
    </section>
  );
}
