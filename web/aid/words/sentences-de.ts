/** Everyday sentences, written for this program: which word follows which, until the person's own sentences say so. */
// prettier-ignore
export const SENTENCES = `Mir geht es gut, danke.
Mir geht es heute nicht so gut.
Mir ist kalt, bitte mach das Fenster zu.
Mir ist zu warm.
Mir tut der Rücken weh.
Mir ist schlecht.
Das tut mir leid.
Das tut mir wirklich sehr leid für dich.
Das ist eine gute Idee.
Das ist nicht so schlimm.
Das ist sehr nett von dir.
Das ist mein Mann.
Das ist meine Frau.
Das ist mir egal.
Das ist nicht das, was ich gesagt habe.
Das habe ich nicht verstanden.
Das habe ich schon gesehen.
Das weiß ich nicht.
Das glaube ich nicht.
Das kann ich selbst.
Das macht nichts.
Das macht viel Spaß.
Das hört sich gut an.
Das wäre schön.
Das stimmt.
Das gefällt mir sehr gut.
Das reicht, danke.
Das freut mich sehr.
Ich bin müde und möchte ins Bett.
Ich bin fertig.
Ich bin gleich wieder da.
Ich bin so froh, dass du da bist.
Ich bin nicht sicher.
Ich bin in Köln geboren.
Ich bin sehr stolz auf dich.
Ich habe Hunger.
Ich habe Durst.
Ich habe Schmerzen.
Ich habe eine Frage.
Ich habe keine Ahnung.
Ich habe keine Zeit.
Ich habe keine Lust dazu.
Ich habe heute schlecht geschlafen.
Ich habe einen Termin beim Arzt.
Ich habe dich sehr lieb.
Ich habe dich nicht verstanden.
Ich habe lange auf dich gewartet.
Ich habe Angst davor.
Ich habe es dir doch gesagt.
Ich hatte einen guten Tag.
Ich möchte bitte einen Kaffee mit Milch.
Ich möchte ein Glas Wasser trinken.
Ich möchte etwas essen.
Ich möchte nach Hause.
Ich möchte nach draußen gehen.
Ich möchte nicht darüber reden.
Ich möchte gern Musik hören.
Ich möchte mit dir reden.
Ich möchte einen Film sehen.
Ich möchte lieber allein sein.
Ich muss auf die Toilette.
Ich muss jetzt gehen.
Ich muss meine Tabletten nehmen.
Ich muss noch etwas schreiben.
Ich brauche Hilfe.
Ich brauche eine Pause.
Ich brauche meine Brille.
Ich brauche mehr Zeit zum Schreiben.
Ich will das nicht.
Ich will nicht mehr.
Ich kann dich nicht hören.
Ich kann nicht schlafen.
Ich kann mein Handy nicht finden.
Ich kann das nicht allein machen.
Ich weiß nicht, was ich sagen soll.
Ich weiß nicht, wie das geht.
Ich weiß, was du meinst.
Ich glaube, du hast recht.
Ich glaube schon.
Ich denke, wir sollten gehen.
Ich denke oft an dich.
Ich finde das gut.
Ich finde, das ist eine schöne Idee.
Ich freue mich auf dich.
Ich freue mich, dich zu sehen.
Ich hoffe, dass es dir bald besser geht.
Ich hoffe, wir sehen uns bald wieder.
Ich liebe dich.
Ich vermisse dich.
Ich mag das nicht.
Ich mag gern Schokolade.
Ich lese gern Bücher.
Ich wohne in einer kleinen Stadt.
Ich arbeite mit dem Computer.
Ich komme morgen wieder.
Ich komme aus Deutschland.
Ich rufe dich später noch einmal an.
Ich verstehe nicht, was du meinst.
Ich war gestern bei meiner Mutter.
Ich war noch nie dort.
Ich würde gern mitkommen.
Ich wünsche dir alles Gute zum Geburtstag.
Ich wollte nur danke sagen.
Ich gehe heute ins Kino.
Ich sehe das anders.
Ich tippe, bitte gib mir Zeit.
Du hast recht.
Du bist sehr lieb.
Du bist mein bester Freund.
Du siehst heute gut aus.
Du musst mir alles erzählen.
Du kannst das.
Er ist ein guter Freund von mir.
Er hat gesagt, dass er kommt.
Er war sehr nett zu mir.
Sie ist meine Schwester.
Sie hat keine Zeit.
Sie kommen am Sonntag zu Besuch.
Wir müssen jetzt los.
Wir gehen heute Abend essen.
Wir haben noch viel Zeit.
Wir haben viel gelacht.
Wir brauchen noch Brot und Milch.
Wir waren im Urlaub am Meer.
Wir sehen uns morgen.
Wir könnten zusammen in den Park gehen.
Es ist sehr schön hier.
Es ist kalt draußen.
Es ist Zeit fürs Bett.
Es tut hier weh.
Es geht mir schon viel besser.
Es gibt nichts Neues.
Es hat mir sehr gut geschmeckt.
Es war schön, mit dir zu reden.
Es war ein langer Tag.
Wie geht es dir heute?
Wie geht es deiner Familie?
Wie war dein Tag?
Wie war dein Wochenende?
Wie heißt du?
Wie heißt das auf Deutsch?
Wie spät ist es?
Wie lange dauert das?
Wie viel kostet das?
Wie alt bist du?
Wie ist das Wetter bei euch?
Wie findest du das?
Was machst du heute?
Was machen wir morgen?
Was meinst du damit?
Was hast du gesagt?
Was hast du am Wochenende gemacht?
Was ist passiert?
Was ist los?
Was ist das?
Was gibt es zum Essen?
Was möchtest du trinken?
Was hältst du davon?
Was kann ich für dich tun?
Wo ist meine Tasche?
Wo bist du?
Wo wohnst du?
Wo hast du das gekauft?
Wo gehen wir hin?
Woher kommst du?
Wann kommst du wieder?
Wann fahren wir los?
Wann hast du Geburtstag?
Wann gibt es Essen?
Wer ist das?
Wer hat das gesagt?
Wer kommt noch mit?
Warum lachst du?
Warum hast du das gemacht?
Warum nicht?
Welches möchtest du haben?
Kannst du mir bitte helfen?
Kannst du mich hören?
Kannst du das bitte noch einmal sagen?
Kannst du bitte das Licht anmachen?
Kannst du mir etwas zu trinken geben?
Kannst du bitte die Tür aufmachen?
Kannst du kurz warten?
Kannst du meine Mutter anrufen?
Können wir über etwas anderes reden?
Können Sie mir bitte helfen?
Können Sie das bitte wiederholen?
Könntest du mir bitte eine Decke holen?
Kann ich dich etwas fragen?
Kann ich noch etwas haben?
Darf ich etwas sagen?
Darf ich mitkommen?
Möchtest du mitkommen?
Möchtest du etwas spielen?
Möchtest du einen Kaffee?
Hast du gut geschlafen?
Hast du Zeit für mich?
Hast du das gesehen?
Hast du Geschwister?
Hast du meine Schlüssel gesehen?
Haben Sie noch eine Frage?
Bist du noch da?
Bist du fertig?
Bist du sicher?
Ist alles in Ordnung?
Ist noch etwas da?
Weißt du, was ich meine?
Weißt du noch, wie das war?
Willst du mit mir spazieren gehen?
Gehen wir nach Hause?
Gibt es etwas Neues?
Lass mich bitte ausreden.
Lass uns etwas essen gehen.
Lass uns später darüber reden.
Bitte warte, ich bin noch nicht fertig.
Bitte sprich etwas langsamer.
Bitte gib mir das Telefon.
Bitte ruf einen Arzt.
Bitte komm her.
Bitte mach den Fernseher aus.
Bitte lass mich in Ruhe.
Bitte stell mir eine Frage mit ja oder nein.
Bitte noch einmal.
Danke für deine Hilfe.
Danke, dass du gewartet hast.
Danke, das ist sehr nett.
Vielen Dank für alles.
Guten Morgen, hast du gut geschlafen?
Guten Tag, wie geht es Ihnen?
Guten Appetit.
Gute Nacht, schlaf gut.
Gute Besserung.
Hallo, wie geht es dir?
Hallo, schön dich zu sehen.
Auf Wiedersehen.
Bis morgen.
Bis bald.
Bis zum nächsten Mal.
Schönes Wochenende.
Viel Glück bei der neuen Arbeit.
Viel Spaß heute Abend.
Mach dir keine Sorgen.
Mach es gut.
Ja, bitte.
Ja, das stimmt.
Ja, sehr gern.
Ja, natürlich.
Nein, danke.
Nein, ich möchte nicht.
Nein, das geht nicht.
Noch nicht.
Nicht jetzt, vielleicht später.
Vielleicht morgen.
Vielleicht können wir das ein anderes Mal machen.
Natürlich kannst du das.
Kein Problem.
Keine Ahnung.
Einen Moment, bitte.
Entschuldigung, ich möchte etwas sagen.
Herzlichen Glückwunsch zum Geburtstag.
Frohe Weihnachten und ein gutes neues Jahr.
Alles wird gut.
Alles klar.
Mein Arm ist eingeklemmt.
Mein Kopf tut weh.
Mein Name ist schwer zu sagen.
Mein Vater und meine Mutter wohnen auf dem Land.
Mein Sohn ist zehn Jahre alt.
Meine Tochter geht in die Schule.
Meine Familie kommt mich besuchen.
Meine Lieblingsfarbe ist blau.
Der Arzt hat gesagt, dass ich mich ausruhen soll.
Der Computer geht schon wieder nicht.
Das Essen war sehr gut.
Das Bild steht still, siehst du mich?
Das Wetter ist heute schön.
Mit meinem Rollstuhl stimmt etwas nicht.
Mit dem Ton stimmt etwas nicht.`;

/** Beginnings of sentences, by situation, the most useful first. */
export const STARTERS = {
  talk: ['Ich', 'Was hältst du von', 'Wie war', 'Das ist', 'Ich glaube', 'Hast du', 'Erzähl mir'],
  needs: ['Ich brauche', 'Kannst du', 'Ich möchte', 'Bitte', 'Ich will', 'Darf ich'],
  feelings: ['Ich bin', 'Mir geht es', 'Ich freue mich', 'Es tut mir leid', 'Ich vermisse', 'Ich hoffe'],
  health: ['Mir tut', 'Es tut weh', 'Mir ist', 'Ich brauche meine Tabletten', 'Bitte rufen Sie', 'Wann ist'],
  work: [
    'Ich denke, wir sollten',
    'Ich habe eine Frage zu',
    'Können Sie erklären',
    'Lass uns',
    'Meine Idee ist',
    'Ich bin einverstanden mit',
  ],
} as const;
