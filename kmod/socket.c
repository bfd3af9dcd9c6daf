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

bool espencap_socket_has_encap(struct net *net, u16 port,
			       const struct in6_addr *local)
{
	struct udp_hslot *slot = udp_hashslot(espencap_udp_table(net), net,
					      port);
	bool found = false;
	struct sock *sk;

	rcu_read_lock();
	/* UDP sockets are freed after a grace period (SOCK_RCU_FREE). */
	sk_for_each_rcu(sk, &slot->head) {
		const int type = READ_ONCE(udp_sk(sk)->encap_type);

		if (net_eq(sock_net(sk), net) &&
		    udp_sk(sk)->udp_port_hash == port &&
		    (type == UDP_ENCAP_ESPINUDP ||
		     type == UDP_ENCAP_ESPINUDP_NON_IKE) &&
		    (!local || is_bound_to(sk, local))) {
			found = true;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}
