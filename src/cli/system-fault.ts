/** What the operating system says of a file, for people: by its code, where the code says more than the text. */
const WORDS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `there is no file or folder ${path}`,
  ENOTDIR: (path) => `there is no ${path}: what stands in its way is a file`,
  EEXIST: (path) => `${path} is a file: a folder is needed`,
  EISDIR: (path) => `${path} is a folder: a file is needed`,
  EACCES: (path) => `${path} may not be read, or not be written`,
  EPERM: (path) => `${path} may not be read, or not be written`,
};

/** What an error says, in our words where it is one of the file system. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code = '', syscall = '', path } = error as NodeJS.ErrnoException;
  const words = syscall.startsWith('spawn') ? undefined : WORDS[code];
  return words && (path !== undefined || code === 'EISDIR') ? words(path ?? 'what was named') : error.message;
}
