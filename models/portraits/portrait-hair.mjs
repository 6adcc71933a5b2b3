/** @returns what of the hair, or of a scarf, lies behind the face. */
export function hairBehind({ hair: { style }, width }) {
  const x = scaled(width);
  const shapes = {
    short: `M${x(-226)} 470C${x(-270)} 240 ${x(-160)} 96 512 96C${x(160)} 96 ${x(270)} 240 ${x(226)} 470C${x(222)} 510 ${x(212)} 540 ${x(204)} 560H${x(-204)}C${x(-212)} 540 ${x(-222)} 510 ${x(-226)} 470Z`,
    crop: `M${x(-214)} 440C${x(-236)} 240 ${x(-150)} 128 512 128C${x(150)} 128 ${x(236)} 240 ${x(214)} 440Z`,
    bob: `M${x(-236)} 574C${x(-286)} 330 ${x(-210)} 90 512 86C${x(210)} 90 ${x(286)} 330 ${x(236)} 574C${x(226)} 592 ${x(206)} 588 ${x(196)} 560H${x(-196)}C${x(-206)} 588 ${x(-226)} 592 ${x(-236)} 574Z`,
    tied: `M${x(-214)} 470C${x(-250)} 240 ${x(-150)} 100 512 100C${x(150)} 100 ${x(250)} 240 ${x(214)} 470Z`,
    curls: '',
    scarf: `M${x(-262)} 640C${x(-300)} 300 ${x(-220)} 84 512 84C${x(220)} 84 ${x(300)} 300 ${x(262)} 640C${x(290)} 760 ${x(300)} 860 ${x(330)} 960H${x(-330)}C${x(-300)} 860 ${x(-290)} 760 ${x(-262)} 640Z`,
  };
  if (style === 'curls') return curls(width, 1);
  return `<path d="${shapes[style]}" fill="url(#hair)"/>`;
}

/** @returns what lies over the forehead and beside the face. */
export function hairInFront({ hair: { style, colours }, width }) {
  const x = scaled(width);
  const strand = (d) =>
    `<path d="${d}" fill="none" stroke="${colours[0]}" stroke-width="7" stroke-linecap="round" opacity=".55" filter="url(#fine)"/>`;
  switch (style) {
    case 'short':
      return `<path d="M${x(-216)} 452C${x(-236)} 260 ${x(-140)} 128 512 128C${x(140)} 128 ${x(236)} 260 ${x(216)} 452C${x(206)} 380 ${x(190)} 320 ${x(150)} 276C${x(60)} 300 ${x(-90)} 290 ${x(-150)} 262C${x(-186)} 310 ${x(-206)} 380 ${x(-216)} 452Z" fill="url(#hair)"/>${strand(`M${x(-120)} 230C${x(-40)} 262 ${x(80)} 262 ${x(150)} 226`)}${strand(`M${x(-150)} 190C${x(-40)} 214 ${x(90)} 208 ${x(160)} 180`)}`;
    case 'crop':
      return `<path d="M${x(-208)} 420C${x(-222)} 250 ${x(-140)} 140 512 140C${x(140)} 140 ${x(222)} 250 ${x(208)} 420C${x(196)} 330 ${x(176)} 280 ${x(140)} 250C${x(60)} 226 ${x(-60)} 226 ${x(-140)} 250C${x(-176)} 280 ${x(-196)} 330 ${x(-208)} 420Z" fill="url(#hair)" filter="url(#fine)"/>`;
    case 'bob':
      return `<path d="M${x(-230)} 566C${x(-258)} 360 ${x(-204)} 120 512 116C${x(204)} 120 ${x(258)} 360 ${x(230)} 566C${x(212)} 560 ${x(210)} 400 ${x(166)} 300C${x(70)} 296 ${x(-30)} 262 ${x(-60)} 214C${x(-90)} 290 ${x(-150)} 330 ${x(-180)} 380C${x(-206)} 450 ${x(-212)} 560 ${x(-230)} 566Z" fill="url(#hair)"/>${strand(`M${x(-40)} 200C${x(20)} 262 ${x(100)} 280 ${x(170)} 300`)}${strand(`M${x(-218)} 500C${x(-212)} 430 ${x(-200)} 370 ${x(-150)} 300`)}`;
    case 'tied':
      return `<path d="M${x(-212)} 452C${x(-230)} 250 ${x(-140)} 122 512 120C${x(140)} 122 ${x(230)} 250 ${x(212)} 452C${x(206)} 400 ${x(190)} 340 ${x(160)} 306C${x(110)} 270 ${x(40)} 236 512 186C${x(-40)} 236 ${x(-110)} 270 ${x(-160)} 306C${x(-190)} 340 ${x(-206)} 400 ${x(-212)} 452Z" fill="url(#hair)"/>${strand(`M${x(-20)} 176C${x(-90)} 230 ${x(-160)} 270 ${x(-190)} 360`)}${strand(`M${x(20)} 176C${x(90)} 230 ${x(160)} 270 ${x(190)} 360`)}`;
    case 'curls':
      return curls(width, 0.5);
    default:
      return `<path d="M${x(-250)} 640C${x(-280)} 300 ${x(-200)} 104 512 104C${x(200)} 104 ${x(280)} 300 ${x(250)} 640C${x(262)} 780 ${x(230)} 880 ${x(190)} 930C${x(80)} 980 ${x(-80)} 980 ${x(-190)} 930C${x(-230)} 880 ${x(-262)} 780 ${x(-250)} 640ZM${x(-196)} 430C${x(-200)} 560 ${x(-170)} 690 ${x(-110)} 752C${x(-60)} 800 ${x(60)} 800 ${x(110)} 752C${x(170)} 690 ${x(200)} 560 ${x(196)} 430C${x(190)} 270 ${x(110)} 204 512 204C${x(-110)} 204 ${x(-190)} 270 ${x(-196)} 430Z" fill="url(#hair)" fill-rule="evenodd"/><path d="M${x(-214)} 420C${x(-206)} 250 ${x(-110)} 178 512 178C${x(110)} 178 ${x(206)} 250 ${x(214)} 420" fill="none" stroke="#000" stroke-width="8" opacity=".14" filter="url(#fine)"/><path d="M${x(-190)} 880C${x(-90)} 850 ${x(70)} 836 ${x(210)} 770M${x(-150)} 930C${x(-40)} 916 ${x(90)} 890 ${x(200)} 840" fill="none" stroke="#000" stroke-width="10" opacity=".16" filter="url(#soft)"/>`;
  }
}

/** A cloud of curls: the whole head of them behind the face, or those of the hairline before it. */
function curls(width, share) {
  const circles = [];
  const rings = share === 1 ? [150, 190, 230, 262] : [206];
  for (const radius of rings) {
    const count = Math.round(radius / 6);
    for (let i = 0; i <= count; i++) {
      const angle = Math.PI * (share === 1 ? 0.86 + (1.28 * i) / count : 1.06 + (0.88 * i) / count);
      const wobble = 1 + 0.05 * Math.sin(7.3 * i + radius);
      const cx = 512 + Math.cos(angle) * radius * width * wobble;
      const cy = 400 + Math.sin(angle) * radius * 1.12 * wobble;
      const r = (share === 1 ? 38 : 26) + 8 * Math.sin(3.7 * i + radius);
      circles.push(`<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="${r.toFixed(1)}" fill="url(#hair)"/>`);
    }
  }
  return circles.join('');
}

function scaled(width) {
  return (off) => Math.round((512 + off * width) * 10) / 10;
}
