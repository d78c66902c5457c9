/** Why an entry of a live list is over: its lead fits no segment any more. It comes back when the lead does again. */
export const LEFT_SEGMENT = 'left_segment';
