#!/usr/bin/perl
# What runs in a session of somebody else: it writes down whatever reaches it, as `ID WORD DETAIL`, in a file that all
# bystanders share. Words are start, typed (what was typed, in hex), signal.
#   perl bystander.pl FILE ID
use strict;
use warnings;
use Fcntl;

my ($file, $id) = @ARGV;
sysopen(my $out, $file, O_WRONLY | O_APPEND) or die "$file: $!";
sub tell_ { syswrite $out, "$id @_\n" }

for my $name (qw(HUP TERM INT QUIT USR1 USR2)) {
  $SIG{$name} = sub { tell_('signal', $name); exit 0 if $name eq 'HUP' };
}
system 'stty', 'raw', '-echo';
tell_('start', $$);
while (-e $file) {
  my $ready = '';
  vec($ready, 0, 1) = 1;
  next unless select($ready, undef, undef, 1) > 0;
  my $read = sysread STDIN, my $typed, 256;
  last unless $read;
  tell_('typed', unpack 'H*', $typed);
}
