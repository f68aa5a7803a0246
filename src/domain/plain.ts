/** What may stand in a text that people read, whoever wrote it: titles of the catalogue and answers of a language model alike. */

/** What is wrong with a text. */
export type Blemish = 'control' | 'markup' | 'link' | 'money' | 'instruction';

/** Invisible characters, those that turn the direction of what follows, halves of characters, and what UTF-8 makes of these. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\uFFFD]/u;
/** HTML, Markdown, templates, escapes. */
const MARKUP = /[<>{}[\]`|\\^~*_#=＜＞]|&#|&\w+;|%[0-9a-f]{2}/i;
/** Addresses: a scheme, a domain however its dot is written, a mailbox, a telephone number. */
const LINK =
  /:\/\/|\b(?:https?|ftp|file|data|javascript|vbscript|mailto|tel|sms):|\bwww\b|[a-z\d-][.。．｡][a-z]{2,}|\b(?:dot|punkt|punto|point)\s?(?:com|net|org|io|example)\b|@|\+?\d(?:[\s().-]*\d){6,}/i;
const MONEY = /[\p{Sc}%％]/u;

/** Words that tell a reader, or a model, to do something, in the languages that we speak. */
const INSTRUCTION = new RegExp(
  [
    String.raw`\b(?:ignor\w*|disregard\w*|forget\w*|overrid\w*|bypass\w*|vergiss\w*|missachte\w*|oublie\w*|olvid\w*)\b.*\b(?:all|any|above|previous|prior|earlier|everything|instruc\w*|instruk\w*|rules?|regeln?|prompts?|anweisung\w*|vorherig\w*|consignes?|précédent\w*|anterior\w*|reglas?|filters?|safety)\b`,
    String.raw`\b(?:system|developer|hidden|initial)\s*(?:prompt|message|mode|instruction)`,
    String.raw`\b(?:system|assistant|user|human|ai|developer)\s*:`,
    String.raw`\b(?:jailbr\w*|prompt|chatgpt|llm|openai|claude|language model|sprachmodell|instructions?|anweisung\w*|instrucciones|consignes)\b`,
    String.raw`\b(?:you (?:are|must|should|will)|du bist|vous êtes|tu es|eres|act as|pretend|roleplay|respond|reply|answer (?:with|only)|output|repeat (?:after|the)|print (?:the|your|out)|say (?:only|exactly|that|the)|write (?:only|exactly|a|the)|translate|summari[sz]e|reveal|execute|run the|begin your)\b`,
    String.raw`\b(?:click|tap here|visit|go to (?:the (?:link|site|web\w*|page)|our|my)|log ?in|sign (?:in|up)|subscribe|download|call (?:us|now|me)|text us|buy now|order now|act now|hurry|send (?:me|us|money|your|all)|enter your|verify your|pay (?:now|us)|transfer (?:money|funds|to)|whatsapp|telegram|bitcoin|crypto)\b`,
    String.raw`\b(?:passwor[dt]\w*|contraseña|mot de passe|credit card|kreditkarte|tarjeta|pin code|api key|secret key|ssn)\b`,
    String.raw`\b(?:klick\w*|besuche|kaufe? jetzt|cliquez|visitez|achetez|haz clic|visita|compra ya)\b`,
    '忽略|无视|忘记|指令|提示词|系统提示|密码|点击|访问|请输出|立即购买|加微信',
    '無視|忘れ|指示|命令|プロンプト|パスワード|クリック|アクセスして|今すぐ|出力して',
  ].join('|'),
  'isu',
);

const TESTS: readonly (readonly [Blemish, RegExp])[] = [
  ['control', CONTROL],
  ['markup', MARKUP],
  ['link', LINK],
  ['money', MONEY],
  ['instruction', INSTRUCTION],
];

/**
 * The first thing that keeps a text from being plain words, or undefined. Letters are taken for what they look like (Unicode
 * NFKC). It is a list of what is known, so it is one line of defence: what passes it is still only ever shown as text.
 */
export function findBlemish(text: string): Blemish | undefined {
  const read = text.normalize('NFKC');
  return TESTS.find(([, pattern]) => pattern.test(text) || pattern.test(read))?.[0];
}
