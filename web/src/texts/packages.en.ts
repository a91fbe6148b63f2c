import type { packages as german } from './packages.de';

export const packages: typeof german = {
  install: 'Install a package',
  file: 'File of the package',
  installHelp:
    'The file (.fwpkg) as it comes from its publisher. Signature and content are checked; all blocks of the package are installed, or none.',
  installed: (id, version, blocks) => `The package ${id}, version ${version}, is installed: ${blocks}.`,
  refused: 'The package was not installed.',
  from: 'Origin',
  fromPackage: (id, version, publisher) => `package ${id}, version ${version}, by ${publisher}`,
  noLongerTrusted: 'a publisher whose packages are taken no more',
  publishers: 'Publishers',
  publishersIntro:
    'Whose packages the authority takes. Ask for the key in another way than the one by which the packages come.',
  none: 'There is no publisher yet; packages are not taken.',
  add: 'Add a publisher',
  added: 'The publisher is added.',
  name: 'Name',
  nameMissing: 'Please give a name.',
  key: 'Public key',
  keyHelp: '64 digits 0–9 and a–f, as `fachwerk block key` tells them.',
  keyWrong: 'The key has 64 digits 0–9 and a–f.',
  since: 'Added',
  by: 'by',
  action: 'Action',
  remove: 'Remove',
  removeOf: (name) => `Remove publisher ${name}`,
  removeWarning: 'New packages of this publisher are refused then. What is installed stays.',
  removed: 'The publisher is removed.',
};
