export { ageText, spanText } from '../../server/views/age.ts';
