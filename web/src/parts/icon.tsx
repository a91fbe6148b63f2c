/** The icons of KERN that are used here, and four of our own (see parts.css). */
export type IconName =
  | 'account-circle'
  | 'add'
  | 'arrow-back'
  | 'arrow-forward'
  | 'autorenew'
  | 'calendar-today'
  | 'check'
  | 'checklist'
  | 'chevron-left'
  | 'chevron-right'
  | 'close'
  | 'danger'
  | 'dehaze'
  | 'download'
  | 'drive-folder-upload'
  | 'edit'
  | 'help'
  | 'info'
  | 'language'
  | 'logout'
  | 'mail'
  | 'open-in-new'
  | 'question-mark'
  | 'search'
  | 'success'
  | 'visibility'
  | 'warning';

/** A picture beside words; it says nothing that the words do not say. */
export function Icon({ name, size = 'default' }: { name: IconName; size?: 'small' | 'default' | 'large' }) {
  return <span className={`kern-icon kern-icon--${name} kern-icon--${size}`} aria-hidden="true" />;
}
