import { Button } from '../parts/button';
import { Icon } from '../parts/icon';
import { dismiss, useAnnouncement, useNotices } from '../parts/notices';
import { useSpeech } from '../texts/language';

/** Messages about what was just done, and the words that are only read out. */
export function NoticeArea() {
  const { t } = useSpeech();
  const notices = useNotices();
  const announcement = useAnnouncement();
  return (
    <>
      <div className="kern-sr-only" role="status" aria-live="polite">
        <span key={announcement.id}>{announcement.text}</span>
      </div>
      {/* The region is always there: screen readers only notice what changes inside one they know. */}
      <div className="fw-notices" role="status" aria-live="polite">
        {notices.map((notice) => (
          <div key={notice.id} className={`fw-notice fw-notice--${notice.tone}`}>
            <Icon name={notice.tone} />
            <p>
              <strong>{notice.title}</strong> {notice.text}
            </p>
            <Button look="tertiary" icon="close" iconOnly small onClick={() => dismiss(notice.id)}>
              {t.act.close}
            </Button>
          </div>
        ))}
      </div>
    </>
  );
}
