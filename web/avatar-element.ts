import { defineAvatarElement } from '../client/avatar-element.ts';

/** `/visavis-avatar.js`: one script that gives any page the element `<visavis-avatar>`. */
defineAvatarElement();
