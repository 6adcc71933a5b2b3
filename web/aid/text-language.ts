/** Scripts, the language that writes each most, and letters that show another language of the same script. */
const SCRIPTS: readonly (readonly [RegExp, string, ...(readonly [RegExp, string])[]])[] = [
  [/\p{Script=Hiragana}|\p{Script=Katakana}/u, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Han}/u, 'zh'],
  [/\p{Script=Arabic}/u, 'ar', [/[ٹڈڑںےہ]/u, 'ur'], [/[پچژگکی]/u, 'fa']],
  [/\p{Script=Cyrillic}/u, 'ru', [/[іїєґ]/iu, 'uk'], [/[ђћљњџј]/iu, 'sr']],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Hebrew}/u, 'he'],
  [/\p{Script=Devanagari}/u, 'hi'],
  [/\p{Script=Bengali}/u, 'bn'],
  [/\p{Script=Tamil}/u, 'ta'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Georgian}/u, 'ka'],
  [/\p{Script=Armenian}/u, 'hy'],
];

/** Short words by which a language in Latin letters is recognised, because most others lack them. */
const COMMON_WORDS: Readonly<Record<string, string>> = {
  en: "the and you is are was i'm it's don't what this that have with for not my your do can would please to of how hello thank thanks yes where when",
  de: 'der die das und ich du ist nicht ein eine mit für auf bin bist habe hast wir ihr sie bitte danke was wie kann möchte mir dich auch noch ja wo wann',
  es: 'el los las y que es no un una por para con estoy soy tengo quiero yo tú usted muy qué cómo gracias favor dónde cuándo hola está mi pero',
  fr: "le les et je tu est pas un une pour avec suis c'est j'ai vous nous merci très que qui où comment oui des du mon bonjour dans sur",
  it: 'il gli e che è non un una per con sono ho io tu grazie molto come dove sì della mi ciao ma anche questo',
  pt: 'o os as e que é não um uma para com estou eu você obrigado obrigada muito como onde sim da do meu olá mas isso',
  nl: 'de het een en ik je is niet met voor ben hebt wij dank wat hoe kan graag mij ook nog ja waar van',
  pl: 'i w nie jest się na to że jak ja ty mam dziękuję proszę tak gdzie kiedy co bardzo mój',
  tr: 've bir bu ben sen değil için ile ne nasıl evet hayır teşekkür lütfen çok var yok mi nerede',
  sv: 'och jag du är inte en ett med för på har vi tack vad hur kan mig också ja var det som',
  fi: 'ja minä sinä on ei se että kiitos mitä miten olen kyllä missä hyvää minun mutta',
};
const WORD_SETS = Object.entries(COMMON_WORDS).map(([tag, words]) => [tag, new Set(words.split(' '))] as const);
/** A sentence must have so many more words of another language than of the person's own: "no" alone is not Spanish. */
const CLEAR_LEAD = 2;

/** `[smile]` is English in every language, and not spoken. */
const EXPRESSION_MARK = /\[[a-z ]+\]/g;

/** A stretch of a text in one language. */
export interface LanguageRun {
  readonly text: string;
  readonly language: string;
}

/**
 * @param usual - BCP 47 tag of the language that the person writes when nothing says otherwise.
 * @returns the language of a sentence: by its script, and in Latin letters by its common words.
 */
export function languageOf(sentence: string, usual: string): string {
  const letters = Array.from(sentence).filter((sign) => /\p{L}/u.test(sign));
  const script = SCRIPTS.find(
    ([pattern]) => letters.filter((letter) => pattern.test(letter)).length * 2 > letters.length,
  );
  if (script !== undefined) {
    const [pattern, tag, ...exceptions] = script;
    // Persian on a Persian page needs no letter that Arabic lacks.
    if (sameScript(usual, pattern)) return usual;
    return exceptions.find(([sign]) => sign.test(sentence))?.[1] ?? tag;
  }
  const words =
    sentence
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{M}']+/gu) ?? [];
  const usualTag = usual.split('-')[0] ?? usual;
  const scores = WORD_SETS.map(([tag, set]) => [tag, words.filter((word) => set.has(word)).length] as const);
  const own = scores.find(([tag]) => tag === usualTag)?.[1] ?? 0;
  const [best, most] = scores.reduce<readonly [string, number]>((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
  const isLatin = words.some((word) => /\p{Script=Latin}/u.test(word));
  // Whoever usually writes another script has no Latin language of their own to fall back on.
  if (isLatin && NOT_LATIN.has(usualTag)) return most > 0 ? best : 'en';
  return most >= own + CLEAR_LEAD ? best : usual;
}

/** @returns the text cut into stretches of whole sentences in one language; nothing of it is lost but space between them. */
export function languageRuns(text: string, usual: string): LanguageRun[] {
  const sentences = text.match(/[^.!?…。！？؟\n]+[.!?…。！？؟\n]*\s*|[.!?…。！？؟\n]+\s*/gu) ?? [text];
  const runs: { text: string; language: string }[] = [];
  for (const sentence of sentences) {
    const last = runs.at(-1);
    const words = sentence.replace(EXPRESSION_MARK, ' ');
    const language = /\p{L}/u.test(words) ? languageOf(words, usual) : (last?.language ?? usual);
    if (last?.language === language) last.text += sentence;
    else runs.push({ text: sentence, language });
  }
  return runs;
}

const NOT_LATIN = new Set([...SCRIPTS.flatMap(([, tag, ...others]) => [tag, ...others.map(([, other]) => other)])]);

function sameScript(usual: string, pattern: RegExp): boolean {
  const tag = usual.split('-')[0] ?? usual;
  const owner = SCRIPTS.find(([, first, ...others]) => first === tag || others.some(([, other]) => other === tag));
  return owner?.[0] === pattern;
}
