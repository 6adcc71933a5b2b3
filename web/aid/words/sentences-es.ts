/** Everyday sentences, written for this program: which word follows which, until the person's own sentences say so. */
// prettier-ignore
export const SENTENCES = `Estoy bien, gracias.
Estoy muy contento de verte.
Estoy muy cansado y quiero ir a la cama.
Estoy cansada.
Estoy de acuerdo contigo.
Estoy en casa con mi familia.
Estoy escribiendo, dame tiempo, por favor.
Estoy listo para salir.
Estoy un poco preocupado por eso.
Estoy orgulloso de ti.
No estoy seguro de eso.
No me siento bien hoy.
No me gusta eso.
No me acuerdo.
No me importa.
No lo sé.
No lo creo.
No lo he visto.
No sé qué decir.
No sé cómo se hace.
No sé qué quieres decir.
No quiero hablar de eso.
No quiero más, gracias.
No quiero ir.
No puedo dormir.
No puedo oírte muy bien.
No puedo encontrar mi teléfono.
No tengo tiempo ahora.
No tengo ni idea.
No tengo hambre.
No entiendo lo que quieres decir.
No es culpa mía.
No es lo que he dicho.
No pasa nada.
No te preocupes por mí.
No te olvides de llamarme.
No, gracias.
No hay problema.
Todavía no.
Ahora no, quizás más tarde.
Tengo hambre.
Tengo sed.
Tengo frío, cierra la ventana, por favor.
Tengo mucho calor.
Tengo dolor.
Tengo miedo.
Tengo sueño.
Tengo una pregunta para ti.
Tengo que ir al baño.
Tengo que irme ahora.
Tengo que tomar mi medicina.
Tengo que decirte una cosa.
Tengo una cita con el médico a las tres.
Tengo muchas ganas de verte.
Tengo dos hermanos y una hermana.
Quiero ir a casa.
Quiero ir a la calle.
Quiero salir a dar un paseo.
Quiero hablar contigo de una cosa.
Quiero ver otra cosa en la televisión.
Quiero algo de comer.
Quiero estar con mis amigos.
Quiero estar solo un rato.
Quiero que sepas que te quiero.
Me gustaría tomar un café con leche, por favor.
Me gustaría un vaso de agua.
Me gustaría escuchar un poco de música.
Me gustaría ir contigo.
Me gustaría saber más de eso.
Me gusta mucho.
Me gusta leer libros por la noche.
Me encanta esta canción.
Me alegro de verte.
Me alegro de que estés aquí.
Me duele la cabeza.
Me duele la espalda.
Me duele aquí.
Me siento mucho mejor hoy.
Me parece bien.
Me parece una buena idea.
Me hace feliz.
Me llamo Ana.
Me he olvidado de decirte algo.
Necesito ayuda con esto.
Necesito un descanso.
Necesito mis gafas.
Necesito más tiempo para escribir.
Creo que sí.
Creo que no.
Creo que tienes razón.
Creo que es una buena idea.
Creo que deberíamos irnos.
Pienso en ti.
Espero que te mejores pronto.
Espero verte otra vez.
Te quiero mucho.
Te echo de menos.
Te llamo más tarde.
Te lo he dicho ya.
Te deseo un feliz cumpleaños.
Te veo muy bien hoy.
Lo siento mucho.
Lo siento, no te he entendido.
Lo que quería decir es esto.
Lo mejor es que estamos juntos.
Yo también.
Yo no quiero.
Yo pensaba que ibas a llamarme.
Ya lo sé.
Ya he visto esa película.
Ya voy.
Voy a ir al médico mañana.
Voy a pensarlo.
Vuelvo enseguida.
He dormido mal esta noche.
He tenido un buen día.
He estado esperando mucho tiempo.
Nunca he estado allí.
Solo quería darte las gracias.
Solo un poco.
Puedo hacerlo yo solo.
Trabajo con ordenadores.
Vivo en una ciudad pequeña.
Ayer estuve con mi madre.
Eres mi mejor amigo.
Eres muy amable.
Tienes razón.
Tienes que contarme todo.
Puedes hacerlo.
Él es un buen amigo mío.
Ella es mi hermana.
Dice que va a venir.
Nos vemos mañana.
Nos vemos la semana que viene.
Nos lo pasamos muy bien.
Tenemos que hablar de esto.
Tenemos que comprar pan y leche.
Podemos ir juntos al parque.
Vamos a cenar a las nueve.
Vamos a la playa este fin de semana.
Vamos a hablar de otra cosa.
Vienen a vernos el domingo.
Es muy amable de tu parte.
Es hora de ir a la cama.
Es la primera vez que estoy aquí.
Es una buena pregunta.
Es mi marido.
Es mi mujer.
Eso es lo que quería decir.
Eso suena bien.
Eso depende de ti.
Eso es todo por ahora.
Esto está muy bueno.
Esto no funciona.
Está bien.
Hace mucho frío hoy.
Hace buen tiempo.
Hay mucha gente aquí.
Hay algo que no va bien con mi silla.
Ha sido un día muy largo.
Ha sido un placer hablar contigo.
¿Cómo estás hoy?
¿Cómo te sientes?
¿Cómo te llamas?
¿Cómo está tu familia?
¿Cómo ha ido el día?
¿Cómo fue tu fin de semana?
¿Cómo lo sabes?
¿Cómo se dice eso?
¿Qué tal estás?
¿Qué tal el trabajo?
¿Qué haces hoy?
¿Qué quieres hacer?
¿Qué quieres decir con eso?
¿Qué quieres beber?
¿Qué piensas de eso?
¿Qué has dicho?
¿Qué ha pasado?
¿Qué hay de comer?
¿Qué hora es?
¿Qué es eso?
¿Qué vamos a hacer mañana?
¿Qué te parece?
¿Qué te gusta hacer?
¿Dónde está mi bolso?
¿Dónde vives?
¿Dónde estás?
¿De dónde eres?
¿A dónde vamos?
¿Cuándo vuelves?
¿Cuándo es tu cumpleaños?
¿Cuándo tenemos que salir?
¿Cuánto tiempo tarda?
¿Cuánto cuesta?
¿Cuántos años tienes?
¿Cuál quieres?
¿Cuál es tu comida favorita?
¿Quién es ese?
¿Quién viene con nosotros?
¿Por qué te ríes?
¿Por qué lo has hecho?
¿Por qué no?
¿Puedes ayudarme, por favor?
¿Puedes oírme?
¿Puedes repetirlo, por favor?
¿Puedes encender la luz?
¿Puedes abrir la puerta?
¿Puedes esperar un momento?
¿Puedes llamar a mi madre, por favor?
¿Puedes traerme una manta?
¿Puedo hacerte una pregunta?
¿Puedo ir contigo?
¿Me puedes dar un poco de agua?
¿Podemos irnos ya?
¿Podría hablar más despacio, por favor?
¿Te gusta la música?
¿Te acuerdas de mí?
¿Te gustaría venir a cenar?
¿Quieres venir conmigo?
¿Quieres jugar a algo?
¿Quieres tomar algo?
¿Tienes tiempo?
¿Tienes hermanos?
¿Sabes dónde está?
¿Sabes lo que quiero decir?
¿Has dormido bien?
¿Has visto mis llaves?
¿Has estado allí alguna vez?
¿Estás bien?
¿Estás ahí?
¿Estás seguro?
¿Está todo bien?
¿Hay algo más?
¿Y tú?
Déjame pensarlo.
Déjame terminar, por favor.
Dame un momento, por favor.
Dame el teléfono, por favor.
Por favor, llama a la enfermera.
Por favor, no me dejes solo.
Por favor, apaga la televisión.
Por favor, hazme una pregunta de sí o no.
Por favor, ven aquí.
Por favor, espera, no he terminado.
Por supuesto.
Gracias por tu ayuda.
Gracias por todo.
Gracias por venir.
Gracias por esperar.
Muchas gracias.
Muy bien, gracias, ¿y tú?
Buenos días, ¿has dormido bien?
Buenas tardes.
Buenas noches, que descanses.
Buena suerte con el nuevo trabajo.
Buen fin de semana.
Hola, ¿cómo estás?
Hola, me alegro de verte.
Adiós, hasta mañana.
Hasta luego.
Hasta la semana que viene.
Cuídate mucho.
Mucho gusto.
Perdón, quiero decir algo.
Sí, por favor.
Sí, claro.
Sí, me gustaría mucho.
Claro que sí.
Quizás mañana.
Otra vez, por favor.
Un momento, por favor.
Un poco más, por favor.
Feliz cumpleaños.
Feliz Navidad y próspero año nuevo.
Todo va a salir bien.
Mi familia viene a verme.
Mi padre y mi madre viven en el campo.
Mi hijo tiene diez años.
Mi hija va a la escuela.
Mi color favorito es el azul.
Mi teléfono no funciona.
El médico ha dicho que tengo que descansar.
El ordenador no funciona otra vez.
La comida estaba muy buena.
La imagen se ha parado, ¿me ves?
Algo no va bien con el sonido.`;

/** Beginnings of sentences, by situation, the most useful first. */
export const STARTERS = {
  talk: ['Yo', '¿Qué piensas de', '¿Cómo', 'Eso es', 'Creo que', '¿Has', 'Cuéntame'],
  needs: ['Necesito', '¿Puedes', 'Me gustaría', 'Por favor,', 'Quiero', '¿Puedo'],
  feelings: ['Estoy', 'Me siento', 'Me alegro de', 'Siento que', 'Echo de menos', 'Espero que'],
  health: ['Me duele', 'Tengo', 'Necesito mi medicina', 'Por favor, llama', '¿Cuándo es'],
  work: [
    'Creo que deberíamos',
    'Tengo una pregunta sobre',
    '¿Podría explicar',
    'Vamos a',
    'Mi idea es',
    'Estoy de acuerdo con',
  ],
} as const;
