import { hairBehind, hairInFront } from './portrait-hair.mjs';

const MIDDLE = 512;
const EYE_LINE = 476;
const BROW_LINE = 418;
const NOSE_LINE = 604;
const MOUTH_LINE = 676;
const CHIN_LINE = 786;

/** @returns the portrait of one of `PEOPLE` as an SVG of 1024 x 1024. */
export function portraitSvg(person) {
  const face = faceOutline(person);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1024 1024" width="1024" height="1024">
${definitions(person, face)}
<rect width="1024" height="1024" fill="url(#ground)"/>
${hairBehind(person)}
${neck(person)}
${clothes(person)}
${ears(person)}
<path d="${face}" fill="url(#skin)"/>
<g clip-path="url(#face)">${modelling(person)}${lines(person)}${freckles(person)}${beard(person)}</g>
${eye(person, -1)}${eye(person, 1)}
${brow(person, -1)}${brow(person, 1)}
${nose(person)}
${mouth(person)}
${hairInFront(person)}
${glasses(person)}
</svg>
`;
}

function definitions({ skin, ground, blush, iris, hair, width }, face) {
  const gradient = (id, from, to, turned = '') =>
    `<linearGradient id="${id}" x1="0" y1="0" x2="${turned === '' ? 0 : 1}" y2="1"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`;
  const spot = (id, colour, opacity) =>
    `<radialGradient id="${id}"><stop offset="0" stop-color="${colour}" stop-opacity="${opacity}"/><stop offset="1" stop-color="${colour}" stop-opacity="0"/></radialGradient>`;
  const rx = 64 * width;
  return `<defs>
${gradient('ground', ground[0], ground[1])}
${gradient('hair', hair.colours[0], hair.colours[1], 'turned')}
${gradient('neck', skin[2], skin[1])}
<radialGradient id="skin" cx=".42" cy=".4" r=".7"><stop offset="0" stop-color="${skin[0]}"/><stop offset=".6" stop-color="${skin[1]}"/><stop offset="1" stop-color="${skin[2]}"/></radialGradient>
<radialGradient id="iris"><stop offset=".2" stop-color="${iris[0]}"/><stop offset=".8" stop-color="${iris[1]}"/><stop offset="1" stop-color="#1a120c"/></radialGradient>
<radialGradient id="white" cx=".5" cy=".6" r=".6"><stop offset=".4" stop-color="#f3eee9"/><stop offset="1" stop-color="#c9bdb5"/></radialGradient>
${spot('cheek', blush, 0.5)}${spot('shade', skin[2], 0.75)}${spot('light', mixed(skin[0], '#ffffff', 0.45), 0.6)}
<clipPath id="face"><path d="${face}"/></clipPath>
<clipPath id="eye-1"><path d="${eyeShape(-1, 1)}"/></clipPath><clipPath id="eye1"><path d="${eyeShape(1, 1)}"/></clipPath>
<filter id="soft" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="7"/></filter>
<filter id="softer" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="${Math.round(rx / 4)}"/></filter>
<filter id="fine" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="1.6"/></filter>
</defs>`;
}

function faceOutline({ width, jaw, chin }) {
  const w = 206 * width;
  const chinY = CHIN_LINE * chin + (1 - chin) * EYE_LINE;
  const jawY = 640 + 26 * jaw;
  const jawX = w * (0.78 + 0.16 * jaw);
  const chinX = 60 + 56 * jaw;
  const side = (sign) => (x) => n(MIDDLE + sign * x);
  const [l, r] = [side(-1), side(1)];
  return `M${l(w)} 420C${l(w)} 250 ${l(0.62 * w)} 150 512 150C${r(0.62 * w)} 150 ${r(w)} 250 ${r(w)} 420C${r(w)} 500 ${r(0.97 * w)} 570 ${r(jawX)} ${n(jawY)}C${r(jawX - 24)} ${n(jawY + 60)} ${r(chinX + 30)} ${n(chinY)} 512 ${n(chinY)}C${l(chinX + 30)} ${n(chinY)} ${l(jawX - 24)} ${n(jawY + 60)} ${l(jawX)} ${n(jawY)}C${l(0.97 * w)} 570 ${l(w)} 500 ${l(w)} 420Z`;
}

function neck({ jaw, width }) {
  const half = n(84 * width + 14 * jaw);
  return `<path d="M${MIDDLE - half} 660h${2 * half}v150c0 70 210 78 300 150 20 20 30 40 30 64H70c0-24 10-44 30-64 90-72 ${n(412 - half)}-80 ${n(412 - half)}-150z" fill="url(#neck)"/>
<ellipse cx="512" cy="790" rx="${half + 10}" ry="52" fill="url(#shade)"/>`;
}

function clothes({ clothes: { style, colours } }) {
  const [colour, second] = colours;
  const body = (neckline) =>
    `<path d="M70 1024c2-34 12-58 36-80 64-54 190-74 266-106${neckline}c76 32 202 52 266 106 24 22 34 46 36 80z" fill="${colour}"/>`;
  const folds = `<path d="M240 1024c6-50 0-84-30-116M784 1024c-6-50 0-84 30-116" fill="none" stroke="#000" stroke-width="10" opacity=".12" filter="url(#soft)"/>`;
  if (style === 'round') return `${body('c40 66 240 66 280 0')}<path d="M372 838c40 66 240 66 280 0" fill="none" stroke="${second}" stroke-width="12"/>${folds}`;
  if (style === 'v') return `${body('l140 146 140-146')}<path d="M372 838l140 146 140-146" fill="none" stroke="${second}" stroke-width="14"/>${folds}`;
  return `${body('l140 186 140-186')}<path d="M382 826l-26 60 106 92 50-66z M642 826l26 60-106 92-50-66z" fill="${second}"/><path d="M462 978l50-66 50 66-50 46z" fill="${mixed(second, '#000000', 0.12)}"/>${folds}`;
}

function ears({ skin, width, hair, earrings }) {
  if (['bob', 'scarf'].includes(hair.style)) return '';
  return [-1, 1]
    .map((sign) => {
      const x = MIDDLE + sign * 204 * width;
      const move = `translate(${n(x)} 500) scale(${sign} 1)`;
      const ring = earrings === undefined ? '' : `<circle cx="24" cy="72" r="8" fill="${earrings}"/>`;
      return `<g transform="${move}"><path d="M-8-50c34-26 62 0 56 48-6 44-28 76-58 64z" fill="${skin[1]}"/><path d="M2-26c18-10 30 6 26 32-4 22-14 34-26 36" fill="none" stroke="${skin[2]}" stroke-width="7" opacity=".8"/>${ring}</g>`;
    })
    .join('');
}

/** Light from the upper left, as painters have it: forehead, bridge and cheeks catch it, sockets and jaw do not. */
function modelling({ width, jaw, chin }) {
  const x = (off) => n(MIDDLE + off * width);
  const chinY = n(CHIN_LINE * chin + (1 - chin) * EYE_LINE);
  return `<ellipse cx="${x(-108)}" cy="462" rx="92" ry="58" fill="url(#shade)" opacity=".8"/><ellipse cx="${x(108)}" cy="462" rx="92" ry="58" fill="url(#shade)" opacity=".9"/>
<path d="M${x(206)} 330C${x(150)} 520 ${x(170)} 620 ${x(60)} ${chinY}H${x(230)}z" fill="url(#shade)" opacity=".5" filter="url(#softer)"/>
<ellipse cx="${x(-122)}" cy="592" rx="80" ry="60" fill="url(#cheek)"/><ellipse cx="${x(122)}" cy="592" rx="80" ry="60" fill="url(#cheek)"/>
<ellipse cx="${x(-30)}" cy="310" rx="150" ry="84" fill="url(#light)"/>
<ellipse cx="${x(-116)}" cy="556" rx="56" ry="34" fill="url(#light)" opacity=".8"/>
<ellipse cx="512" cy="${chinY - 46}" rx="52" ry="30" fill="url(#light)" opacity=".5"/>
<ellipse cx="512" cy="716" rx="${n(56 + 10 * jaw)}" ry="14" fill="url(#shade)"/>`;
}

function lines({ age, skin }) {
  if (age < 30) return '';
  const strength = Math.min(0.75, (age - 26) / 60);
  const stroke = (d, widthPx) =>
    `<path d="${d}" fill="none" stroke="${mixed(skin[2], '#000000', 0.15)}" stroke-width="${widthPx}" stroke-linecap="round" opacity="${n(strength)}" filter="url(#fine)"/>`;
  const folds = stroke('M442 596c-20 18-34 40-38 66M582 596c20 18 34 40 38 66', 5);
  const bags = stroke('M352 512c26 20 66 22 94 6M578 518c28 16 68 14 94-6', 4);
  if (age < 50) return folds + bags;
  const forehead = stroke('M396 300c70-18 160-18 232 0M384 342c80-18 176-18 256 0', 4);
  const crow = stroke('M326 468l-26-14M326 484l-28 4M698 468l26-14M698 484l28 4', 4);
  const mouthLines = stroke('M410 690c-8 16-8 30-4 44M614 690c8 16 8 30 4 44', 4);
  return folds + bags + forehead + crow + mouthLines;
}

function freckles({ freckles: colour }) {
  if (colour === undefined) return '';
  const dots = Array.from({ length: 46 }, (_, i) => {
    const across = ((i * 0.754877) % 1) * 2 - 1;
    const down = (i * 0.569841) % 1;
    return `<circle cx="${n(512 + 170 * across)}" cy="${n(540 + 66 * down)}" r="${n(2 + 1.6 * ((i * 0.381966) % 1))}" fill="${colour}" opacity=".45"/>`;
  });
  return dots.join('');
}

function beard({ beard: colour, width }) {
  if (colour === undefined) return '';
  const x = (off) => n(MIDDLE + off * width);
  return `<path d="M${x(-214)} 560C${x(-190)} 610 ${x(-150)} 636 ${x(-112)} 640C${x(-80)} 618 ${x(-40)} 626 512 634C${x(40)} 626 ${x(80)} 618 ${x(112)} 640C${x(150)} 636 ${x(190)} 610 ${x(214)} 560V860H${x(-214)}z" fill="${colour}" opacity=".82" filter="url(#soft)"/>`;
}

function eyeShape(sign, size) {
  const at = (x, y) => `${n(MIDDLE + sign * (106 + x * size))} ${n(EYE_LINE + y * size)}`;
  return `M${at(-54, 6)}C${at(-34, -28)} ${at(26, -34)} ${at(54, -2)}C${at(32, 24)} ${at(-24, 26)} ${at(-54, 6)}Z`;
}

function eye({ eyes, skin, age }, sign) {
  const x = MIDDLE + sign * 106;
  const grow = `translate(${x} ${EYE_LINE}) scale(${n(eyes)}) translate(${-x} ${-EYE_LINE})`;
  const at = (dx, dy) => `${n(x + sign * dx)} ${n(EYE_LINE + dy)}`;
  const lid = mixed(skin[2], '#000000', 0.35);
  const hood = age > 50 ? 0.9 : 0.6;
  return `<g transform="${grow}"><path d="${eyeShape(sign, 1)}" fill="url(#white)"/>
<g clip-path="url(#eye${sign})"><circle cx="${x}" cy="${EYE_LINE - 4}" r="25" fill="url(#iris)"/><circle cx="${x}" cy="${EYE_LINE - 4}" r="11" fill="#0d0805"/><circle cx="${x - 8}" cy="${EYE_LINE - 13}" r="5.5" fill="#fff"/>
<path d="M${at(-60, 2)}C${at(-36, -34)} ${at(28, -40)} ${at(60, -4)}V${EYE_LINE - 60}H${n(x - sign * 60)}z" fill="#2a1a12" opacity=".28" transform="translate(0 9)" filter="url(#fine)"/></g>
<path d="M${at(-55, 7)}C${at(-34, -30)} ${at(26, -36)} ${at(58, -4)}C${at(28, -26)} ${at(-30, -20)} ${at(-55, 7)}Z" fill="#20140e"/>
<path d="M${at(-50, -16)}C${at(-30, -46)} ${at(30, -50)} ${at(62, -16)}" fill="none" stroke="${lid}" stroke-width="5" opacity="${hood}" filter="url(#fine)"/>
<path d="M${at(-50, 10)}C${at(-24, 28)} ${at(32, 26)} ${at(54, 0)}" fill="none" stroke="${lid}" stroke-width="3" opacity=".5"/></g>`;
}

function brow({ brows, browColour, age }, sign) {
  const at = (dx, dy) => `${n(MIDDLE + sign * dx)} ${n(BROW_LINE + dy)}`;
  const t = 15 * brows;
  const opacity = age < 12 ? 0.8 : 0.95;
  return `<path d="M${at(50, -9)}C${at(84, -25)} ${at(140, -27)} ${at(182, 4)}C${at(142, n(-25 + t))} ${at(90, n(-21 + t))} ${at(54, n(-7 + t))}C${at(47, 2)} ${at(46, -5)} ${at(50, -9)}Z" fill="${browColour}" opacity="${opacity}" filter="url(#fine)"/>`;
}

function nose({ nose: size, skin }) {
  const dark = mixed(skin[2], '#000000', 0.3);
  const w = (off) => n(MIDDLE + off * size);
  return `<path d="M${w(-14)} 470C${w(-20)} 520 ${w(-32)} 560 ${w(-44)} 588C${w(-50)} 612 ${w(-24)} 622 512 620C${w(24)} 622 ${w(50)} 612 ${w(44)} 588C${w(32)} 560 ${w(22)} 520 ${w(16)} 470" fill="${skin[2]}" opacity=".38" filter="url(#soft)"/>
<ellipse cx="${w(-4)}" cy="548" rx="${n(17 * size)}" ry="62" fill="url(#light)"/><ellipse cx="${w(-4)}" cy="588" rx="${n(20 * size)}" ry="16" fill="url(#light)"/>
<path d="M${w(-46)} 596C${w(-40)} 618 ${w(-22)} 608 ${w(-14)} 614C${w(-6)} 620 ${w(6)} 620 ${w(14)} 614C${w(22)} 608 ${w(40)} 618 ${w(46)} 596" fill="none" stroke="${dark}" stroke-width="5" stroke-linecap="round" opacity=".75" filter="url(#fine)"/>
<ellipse cx="${w(-24)}" cy="${NOSE_LINE + 4}" rx="${n(10 * size)}" ry="5" fill="${dark}"/><ellipse cx="${w(24)}" cy="${NOSE_LINE + 4}" rx="${n(10 * size)}" ry="5" fill="${dark}"/>
<path d="M500 634c-2 8-2 14-4 20M524 634c2 8 2 14 4 20" stroke="${skin[2]}" stroke-width="5" fill="none" opacity=".5" filter="url(#fine)"/>`;
}

function mouth({ mouth: size, lips, fullness: full, skin }) {
  const half = 84 * size;
  const x = (part) => n(MIDDLE + part * half);
  // The corners lie a little above the middle: level ones look stern.
  const y = (off) => n(MOUTH_LINE + (off === 0 ? -3 : off));
  const line = mixed(lips[0], '#000000', 0.45);
  return `<path d="M${x(-1)} ${y(0)}C${x(-0.6)} ${y(-10 * full)} ${x(-0.32)} ${y(-20 * full)} ${x(-0.17)} ${y(-18 * full)}C${x(-0.08)} ${y(-16 * full)} ${x(-0.05)} ${y(-13 * full)} 512 ${y(-13 * full)}C${x(0.05)} ${y(-13 * full)} ${x(0.08)} ${y(-16 * full)} ${x(0.17)} ${y(-18 * full)}C${x(0.32)} ${y(-20 * full)} ${x(0.6)} ${y(-10 * full)} ${x(1)} ${y(0)}C${x(0.5)} ${y(8)} ${x(-0.5)} ${y(8)} ${x(-1)} ${y(0)}Z" fill="${lips[0]}" filter="url(#fine)"/>
<path d="M${x(-1)} ${y(0)}C${x(-0.5)} ${y(9)} ${x(0.5)} ${y(9)} ${x(1)} ${y(0)}C${x(0.7)} ${y(30 * full)} ${x(0.35)} ${y(38 * full)} 512 ${y(38 * full)}C${x(-0.35)} ${y(38 * full)} ${x(-0.7)} ${y(30 * full)} ${x(-1)} ${y(0)}Z" fill="${lips[1]}" filter="url(#fine)"/>
<path d="M${x(-1)} ${y(0)}C${x(-0.6)} ${y(6)} ${x(-0.3)} ${y(4)} 512 ${y(6)}C${x(0.3)} ${y(4)} ${x(0.6)} ${y(6)} ${x(1)} ${y(0)}" fill="none" stroke="${line}" stroke-width="4.5" stroke-linecap="round"/>
<ellipse cx="${x(-0.06)}" cy="${y(22 * full)}" rx="${n(34 * size)}" ry="7" fill="${mixed(lips[1], '#ffffff', 0.4)}" opacity=".45" filter="url(#fine)"/>
<ellipse cx="${x(-1.05)}" cy="${y(2)}" rx="14" ry="9" fill="${skin[2]}" opacity=".4" filter="url(#soft)"/><ellipse cx="${x(1.05)}" cy="${y(2)}" rx="14" ry="9" fill="${skin[2]}" opacity=".4" filter="url(#soft)"/>`;
}

function glasses({ glasses: colour, width }) {
  if (colour === undefined) return '';
  const lens = (sign) =>
    `<rect x="${n(MIDDLE + sign * 108 - 74)}" y="428" width="148" height="100" rx="34" fill="#fff" fill-opacity=".06" stroke="${colour}" stroke-width="8"/>`;
  const arm = (sign) =>
    `<path d="M${n(MIDDLE + sign * 182)} 462L${n(MIDDLE + sign * 206 * width)} 470" stroke="${colour}" stroke-width="8"/>`;
  return `${lens(-1)}${lens(1)}${arm(-1)}${arm(1)}<path d="M478 466c16-14 52-14 68 0" fill="none" stroke="${colour}" stroke-width="8"/>`;
}

/** @returns a colour between two, `#rrggbb`. */
export function mixed(from, to, share) {
  const parts = [1, 3, 5].map((at) => {
    const [a, b] = [from, to].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16));
    return Math.round(a + (b - a) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${parts.join('')}`;
}

function n(value) {
  return Math.round(value * 10) / 10;
}
