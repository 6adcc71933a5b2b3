/** Everyday sentences, written for this program: which word follows which, until the person's own sentences say so. */
// prettier-ignore
export const SENTENCES = `I am fine, thank you.
I am not sure about that.
I am happy to see you again.
I am so sorry to hear that.
I am looking forward to it.
I am going to the doctor tomorrow.
I am tired and I want to go to bed.
I am hungry, can we eat something?
I am thirsty, may I have some water?
I am cold, please close the window.
I am in pain.
I am a little bit worried about it.
I am glad you are here with me.
I am ready to go.
I am very proud of you.
I'm not going to do that.
I'm trying to tell you something.
I'm at home with my family.
I was at work all day.
I was thinking about you.
I was born in a small town.
I have a question for you.
I have to go now.
I have been waiting for a long time.
I have never been there before.
I have an appointment at three o'clock.
I have no idea what you mean.
I have already seen that movie.
I had a good time with you.
I had a bad night and did not sleep well.
I do not know what to say.
I do not want to talk about it.
I do not understand what you mean.
I do not feel well today.
I do not like the taste of it.
I don't know how to do it.
I don't think so.
I don't want any more, thank you.
I don't have time right now.
I don't need any help.
I don't care what they think.
I think so too.
I think you are right about that.
I think it is a good idea.
I think we should go home now.
I thought you were going to call me.
I want to go outside.
I want to go to the bathroom.
I want to watch something else on television.
I want to talk to you about something.
I want to be with my friends.
I want you to know that I love you.
I want something to eat.
I would like a cup of coffee, please.
I would like a cup of tea with milk.
I would like to have a glass of water.
I would like to go for a walk.
I would like to listen to some music.
I would like to meet you next week.
I would love to come with you.
I'd like to know more about it.
I need help with this.
I need to use the toilet.
I need my glasses.
I need to take my medicine.
I need a break.
I need more time to type.
I need to move, please turn me.
I like it a lot.
I like to read books in the evening.
I love you very much.
I miss you.
I hope you feel better soon.
I hope to see you again soon.
I can do it by myself.
I can't hear you very well.
I can't wait to see you.
I can't find my phone.
I cannot breathe very well.
I could not sleep last night.
I will be there in ten minutes.
I will call you back later.
I will think about it.
I'll see you tomorrow.
I'll be right back.
I feel much better today.
I feel sick.
I feel like going out.
I know what you mean.
I know that you can do it.
I see what you mean.
I saw her at the store yesterday.
I said that I was sorry.
I told you that already.
I went to school with him.
I just wanted to say thank you.
I just want to be alone for a while.
I really like this one.
I really appreciate your help.
I wish you a happy birthday.
I used to live in the city.
I work with computers.
I forgot to tell you something.
I changed my mind.
I agree with you.
You are right.
You are so funny.
You are my best friend.
You can do it.
You know what I mean.
You look very nice today.
You should see a doctor.
You have to tell me everything.
You don't have to do that.
He is a good friend of mine.
He said that he would come.
He was very nice to me.
She is my sister.
She told me that she was busy.
She doesn't want to come with us.
We are going to the beach this weekend.
We are having dinner at six.
We have to talk about this.
We could go to the park together.
We went on a trip last summer.
We had a lot of fun.
We need to buy some bread and milk.
They are coming to visit us on Sunday.
They don't know what they are doing.
It is very cold outside today.
It is too hot in here.
It is time to go to bed.
It is not my fault.
It's nice to meet you.
It's none of your business.
It's up to you.
It's okay, don't worry about it.
It was nice talking to you.
It was a lot of fun.
It doesn't matter.
It hurts right here.
It makes me happy.
It depends on the weather.
It sounds like a good idea.
That is a very good question.
That is not what I said.
That is what I wanted to say.
That would be great.
That sounds good to me.
That's all right.
That's enough for now.
That's very kind of you.
This is my husband.
This is my wife.
This is really good.
This is the first time that I have been here.
There is something wrong with my chair.
There are a lot of people here.
What are you doing today?
What are we going to do?
What do you think about it?
What do you want to do?
What do you mean by that?
What do you do for a living?
What did you say?
What did you do last weekend?
What is your name?
What is your favorite food?
What is for dinner?
What is the weather like?
What is going on?
What time is it?
What happened to you?
What would you like to drink?
What about you?
What kind of music do you like?
How are you today?
How are you feeling?
How are the kids doing?
How was your day?
How was your weekend?
How do you feel about that?
How do you know?
How did it go?
How long will it take?
How much does it cost?
How many people are coming?
How old are you?
How about going to the movies?
Where are you from?
Where are we going?
Where do you live?
Where is my bag?
Where did you put the remote control?
When are you coming back?
When do we have to leave?
When is your birthday?
When will you be home?
Who is that?
Who told you that?
Who is coming with us?
Why are you laughing?
Why not?
Why did you do that?
Which one do you want?
Can you help me, please?
Can you hear me?
Can you tell me about it?
Can you call my mother, please?
Can you turn on the light?
Can you open the door for me?
Can you turn the volume down?
Can you give me a hand?
Can you wait a minute?
Can I ask you a question?
Can I have some more, please?
Can I come with you?
Can we talk about something else?
Can we go now?
Could you please repeat that?
Could you please bring me a blanket?
Could you scratch my nose?
Could I have a napkin, please?
Would you like to come over for dinner?
Would you like something to drink?
Would you mind waiting for me?
Will you come with me?
Do you like it?
Do you want to play a game?
Do you want to come with me?
Do you have any brothers or sisters?
Do you have a minute?
Do you know where it is?
Do you know what I mean?
Do you remember me?
Do you think it will rain?
Do you need anything from the store?
Did you sleep well?
Did you have a good day?
Did you hear the news?
Did you see the game last night?
Have you ever been there?
Have you seen my keys?
Have a nice day.
Have a good weekend.
Are you all right?
Are you coming with us?
Are you going to eat that?
Are you still there?
Are you kidding me?
Is it time to go?
Is everything okay?
Is there anything else?
Is there something that I can do for you?
Let me think about it.
Let me know if you need anything.
Let me finish, please.
Let's go out for lunch.
Let's talk about it later.
Please call the nurse.
Please don't leave me alone.
Please give me the phone.
Please give me a minute.
Please wait, I am not finished yet.
Please speak more slowly.
Please sit down.
Please turn off the television.
Please come here.
Please move my pillow.
Please ask me a question with yes or no.
Thank you for your help.
Thank you so much for everything.
Thank you for waiting.
Thank you for calling.
Thanks for coming.
Thanks a lot.
Good morning, how did you sleep?
Good night, sleep well.
Good to see you.
Good luck with your new job.
Hi, how are you?
Hello, my name is Anna.
Hello, nice to meet you.
See you later.
See you next week.
Take care of yourself.
Talk to you soon.
Excuse me, I have something to say.
Nothing much, how about you?
No, I don't want to.
No, thank you.
No problem at all.
Not yet.
Not right now, maybe later.
Yes, please.
Yes, of course.
Yes, I would love to.
Of course you can.
Oh, that's too bad.
Really, I didn't know that.
Maybe we can do it another time.
Maybe tomorrow.
My name is hard to say.
My family is coming to visit me.
My back hurts.
My head hurts.
My arm is stuck.
My mother and father live in the country.
My favorite color is blue.
My phone is not working.
My son is ten years old.
My daughter is in school.
Don't worry about me.
Don't forget to call me.
Don't do that, please.
Everything will be all right.
Just a minute, please.
Just a little bit.
Never mind.
Me too.
Wait a second.
Stop it, please.
Happy birthday to you.
Merry Christmas and a happy new year.
Congratulations on your new baby.
One more time, please.
Something is wrong with the sound.
The food was very good.
The computer is not working again.
The picture is frozen, can you see me?
The weather is beautiful today.
The doctor said that I have to rest.
The best thing about it is that we are together.`;

/** Beginnings of sentences, by situation, the most useful first. */
export const STARTERS = {
  talk: ['I', 'What do you think about', 'How was', 'That is', 'I think', 'Did you', 'Tell me'],
  needs: ['I need', 'Can you', 'I would like', 'Please', 'I want to', 'May I have'],
  feelings: ['I am', 'I feel', 'I am glad that', 'I am sorry that', 'I miss', 'I hope'],
  health: ['My head hurts', 'It hurts', 'I feel', 'I need my medicine', 'Please call', 'When is'],
  work: ['I think we should', 'I have a question about', 'Could you explain', 'Let us', 'My idea is', 'I agree with'],
} as const;
