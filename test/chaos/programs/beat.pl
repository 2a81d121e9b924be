#!/usr/bin/perl
# What chaos declares in windows: it writes signs of life of its own, `KEY LIFE WORD SECONDS`, each in one append to a
# file that all share, so that two lives of one window are seen from outside, whatever the product believes.
#   perl beat.pl FILE KEY EVERY_SECONDS [helper] [stubborn] [exit-after=SECONDS]
# A life is PID.START_TICKS; words are start, beat, done. With `helper` a child leaves the session and ignores HUP and
# TERM; with `stubborn` this process ignores all that can be ignored.
use strict;
use warnings;
use Fcntl;
use POSIX ();
use Time::HiRes qw(sleep clock_gettime CLOCK_MONOTONIC);

my ($file, $key, $every, @options) = @ARGV;
my %is = map { my ($name, $value) = split /=/; $name => $value // 1 } @options;

sub life {
  open my $stat, '<', "/proc/$$/stat" or die $!;
  my $line = <$stat>;
  $line =~ s/^.*\) //s;
  return "$$." . (split / /, $line)[19];
}

sysopen(my $out, $file, O_WRONLY | O_APPEND) or die "$file: $!";
my $life = life();
sub tell_ { syswrite $out, sprintf("%s %s %s %.6f\n", $key, $life, $_[0], clock_gettime(CLOCK_MONOTONIC)) }

$SIG{$_} = 'IGNORE' for $is{stubborn} ? qw(HUP TERM INT QUIT) : ();
tell_('start');
if ($is{helper} && fork() == 0) {
  POSIX::setsid();
  exec $^X, $0, $file, "$key+helper", 0.5, 'stubborn';
}
my $ends = $is{'exit-after'} && clock_gettime(CLOCK_MONOTONIC) + $is{'exit-after'};
while (-e $file) {
  sleep $every;
  if ($ends && clock_gettime(CLOCK_MONOTONIC) >= $ends) {
    tell_('done');
    exit 0;
  }
  tell_('beat');
}
