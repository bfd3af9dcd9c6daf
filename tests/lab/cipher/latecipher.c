// SPDX-License-Identifier: GPL-2.0
/*
 * rfc4106(gcm(aes)) that answers later, as hardware does, and while it is told to hold,
 * not at all: so that a scenario knows that there are requests under way.
 */
#include <crypto/internal/aead.h>
#include <linux/bottom_half.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct context {
	struct crypto_aead *child;
};

struct request {
	struct list_head list;
	struct aead_request *parent;
	bool is_decrypt;
	/* what the child wants follows */
	struct aead_request sub;
};

static LIST_HEAD(requests);
static DEFINE_SPINLOCK(lock);

static unsigned int held;
module_param(held, uint, 0444);
MODULE_PARM_DESC(held, "requests that wait");

static void answer(struct work_struct *work);
static DECLARE_WORK(work, answer);
static bool hold;

static int set_hold(const char *value, const struct kernel_param *param)
{
	int err = param_set_bool(value, param);

	if (!err && !hold)
		schedule_work(&work);
	return err;
}

static const struct kernel_param_ops hold_ops = {
	.set = set_hold,
	.get = param_get_bool,
};

module_param_cb(hold, &hold_ops, &hold, 0644);
MODULE_PARM_DESC(hold, "answer no request");

static void answer(struct work_struct *work)
{
	struct request *request, *next;
	LIST_HEAD(list);

	spin_lock_bh(&lock);
	if (!READ_ONCE(hold)) {
		list_splice_init(&requests, &list);
		held = 0;
	}
	spin_unlock_bh(&lock);
	list_for_each_entry_safe(request, next, &list, list) {
		int err;

		local_bh_disable();
		err = request->is_decrypt ?
		      crypto_aead_decrypt(&request->sub) :
		      crypto_aead_encrypt(&request->sub);
		aead_request_complete(request->parent, err);
		local_bh_enable();
	}
}

static int take(struct aead_request *req, bool is_decrypt)
{
	const struct context *context =
		crypto_aead_ctx(crypto_aead_reqtfm(req));
	struct request *request = aead_request_ctx(req);

	request->parent = req;
	request->is_decrypt = is_decrypt;
	aead_request_set_tfm(&request->sub, context->child);
	aead_request_set_callback(&request->sub, 0, NULL, NULL);
	aead_request_set_crypt(&request->sub, req->src, req->dst,
			       req->cryptlen, req->iv);
	aead_request_set_ad(&request->sub, req->assoclen);
	spin_lock_bh(&lock);
	list_add_tail(&request->list, &requests);
	held++;
	spin_unlock_bh(&lock);
	schedule_work(&work);
	return -EINPROGRESS;
}

static int encrypt(struct aead_request *req)
{
	return take(req, false);
}

static int decrypt(struct aead_request *req)
{
	return take(req, true);
}

static int setkey(struct crypto_aead *tfm, const u8 *key, unsigned int len)
{
	const struct context *context = crypto_aead_ctx(tfm);

	return crypto_aead_setkey(context->child, key, len);
}

static int setauthsize(struct crypto_aead *tfm, unsigned int size)
{
	const struct context *context = crypto_aead_ctx(tfm);

	return crypto_aead_setauthsize(context->child, size);
}

static int init(struct crypto_aead *tfm)
{
	struct context *context = crypto_aead_ctx(tfm);

	/* none that answers later, so that it is not this one */
	context->child = crypto_alloc_aead("rfc4106(gcm(aes))", 0,
					   CRYPTO_ALG_ASYNC);
	if (IS_ERR(context->child))
		return PTR_ERR(context->child);
	crypto_aead_set_reqsize(tfm, sizeof(struct request) +
				     crypto_aead_reqsize(context->child));
	return 0;
}

static void destroy(struct crypto_aead *tfm)
{
	const struct context *context = crypto_aead_ctx(tfm);

	crypto_free_aead(context->child);
}

static struct aead_alg alg = {
	.init = init,
	.exit = destroy,
	.setkey = setkey,
	.setauthsize = setauthsize,
	.encrypt = encrypt,
	.decrypt = decrypt,
	.ivsize = 8,
	.maxauthsize = 16,
	.base = {
		.cra_name = "rfc4106(gcm(aes))",
		.cra_driver_name = "late-rfc4106-gcm-aes",
		.cra_priority = 10000,
		.cra_flags = CRYPTO_ALG_ASYNC,
		.cra_blocksize = 1,
		.cra_ctxsize = sizeof(struct context),
		.cra_module = THIS_MODULE,
	},
};

static int __init latecipher_init(void)
{
	return crypto_register_aead(&alg);
}
module_init(latecipher_init);

static void __exit latecipher_exit(void)
{
	crypto_unregister_aead(&alg);
	cancel_work_sync(&work);
}
module_exit(latecipher_exit);

MODULE_DESCRIPTION("A cipher that answers when it is told to");
MODULE_LICENSE("GPL");
