// SPDX-License-Identifier: GPL-2.0
/* Finding UDP sockets with UDP_ENCAP. */
#include <linux/udp.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/udp.h>
#include "compat.h"
#include "socket.h"

static bool is_bound_to(const struct sock *sk, const struct in6_addr *local)
{
	if (sk->sk_family == AF_INET6) {
		if (ipv6_addr_any(&sk->sk_v6_rcv_saddr))
			return !ipv6_addr_v4mapped(local) ||
			       !ipv6_only_sock(sk);
		return ipv6_addr_equal(&sk->sk_v6_rcv_saddr, local);
	}
	return ipv6_addr_v4mapped(local) &&
	       (!sk->sk_rcv_saddr || sk->sk_rcv_saddr == local->s6_addr32[3]);
}

static bool has_encap(const struct sock *sk, const struct net *net, u16 port)
{
	const int type = READ_ONCE(udp_sk(sk)->encap_type);

	return (type == UDP_ENCAP_ESPINUDP ||
		type == UDP_ENCAP_ESPINUDP_NON_IKE) &&
	       net_eq(sock_net(sk), net) && udp_sk(sk)->udp_port_hash == port;
}

/* UDP sockets are freed after a grace period (SOCK_RCU_FREE). */
bool espencap_socket_is_on(struct net *net, u16 port)
{
	struct udp_hslot *slot = udp_hashslot(espencap_udp_table(net), net,
					      port);
	bool found = false;
	struct sock *sk;

	rcu_read_lock();
	sk_for_each_rcu(sk, &slot->head) {
		found = has_encap(sk, net, port);
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}

/* Those that are bound to @bound. */
static bool is_among(struct net *net, u16 port, const struct in6_addr *bound,
		     const struct in6_addr *local)
{
	struct udp_hslot *slot;
	struct sock *sk;

	slot = udp_hashslot2(espencap_udp_table(net),
			     ipv6_portaddr_hash(net, bound, port));
	udp_portaddr_for_each_entry_rcu(sk, &slot->head)
		if (has_encap(sk, net, port) && is_bound_to(sk, local))
			return true;
	return false;
}

/*
 * As UDP itself looks for sockets: not among all of a port, of which a user can have
 * many, each bound to another address.
 */
bool espencap_socket_takes(struct net *net, u16 port,
			   const struct in6_addr *local)
{
	return is_among(net, port, local, local) ||
	       is_among(net, port, &in6addr_any, local);
}
