// The ways by which letters leave the house.

export const ways = {
  post: 'einfacher Brief im Inland',
  'post-abroad': 'einfacher Brief ins Ausland',
  electronic: 'E-Mail oder andere elektronische Übermittlung',
  portal: 'Abruf im Portal',
  mailbox: 'Postfach des Nutzerkontos',
  'in-person': 'persönliche Übergabe',
  'registered-letter': 'Einschreiben',
  'de-mail': 'förmliche Zustellung über De-Mail (ohne Abholbestätigung)',
  'service-with-proof': 'förmliche Zustellung mit Nachweis',
  public: 'öffentliche Bekanntgabe',
  'public-service': 'öffentliche Zustellung (Aushang einer Benachrichtigung)',
} as Record<string, string>;
