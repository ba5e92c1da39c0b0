#!/usr/bin/perl
# A web server for the tests of the set-up: serves the files of a directory on a free loopback port,
# which it prints. Of a path that ends in .cut it sends half and hangs up, as a bad network does.
# Perl, because that is there on every Debian and Ubuntu machine. Ends with its parent.
use strict;
use warnings;
use IO::Socket::INET;

my $root = shift or die "usage: server.pl DIRECTORY\n";
my $server = IO::Socket::INET->new(Listen => 8, LocalAddr => '127.0.0.1', Proto => 'tcp') or die "listen: $!\n";
my $parent = getppid();
$| = 1;
$SIG{PIPE} = 'IGNORE';
print $server->sockport, "\n";
while (getppid() == $parent) {
    my $ready = '';
    vec($ready, fileno($server), 1) = 1;
    next unless select($ready, undef, undef, 1);
    my $client = $server->accept or next;
    answer($client);
    close $client;
}

sub answer {
    my ($client) = @_;
    my ($path) = (readline($client) // '') =~ m{^GET (/[^ ?]*)} or return;
    while (my $line = readline($client)) { last if $line =~ /^\r?$/ }
    my $cut = $path =~ s/\.cut$//;
    open(my $file, '<:raw', "$root$path") or return print $client "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    local $/;
    my $body = <$file>;
    print $client "HTTP/1.1 200 OK\r\nContent-Length: ", length($body), "\r\nConnection: close\r\n\r\n";
    print $client $cut ? substr($body, 0, length($body) / 2) : $body;
}
