import type { ways as german } from './ways.de';

export const ways: typeof german = {
  post: 'ordinary letter within Germany',
  'post-abroad': 'ordinary letter abroad',
  electronic: 'e-mail or other electronic transmission',
  portal: 'retrieval from the portal',
  mailbox: 'mailbox of the user account',
  'in-person': 'handed over in person',
  'registered-letter': 'registered letter',
  'de-mail': 'formal service by De-Mail (without confirmation of collection)',
  'service-with-proof': 'formal service with proof',
  public: 'public notice',
  'public-service': 'public service (a notice is published)',
};
