from storage.models import Bucket


def test_an_administrator_finds_buckets_and_may_not_rename_or_delete_them(admin_client, bucket):
    assert "lab" in admin_client.get("/admin/storage/bucket/", {"q": "lab"}).content.decode()
    address = f"/admin/storage/bucket/{bucket.pk}/"
    page = admin_client.get(f"{address}change/").content.decode()
    assert 'name="name"' not in page
    admin_client.post(f"{address}change/", {"name": "other", "owner": bucket.owner_id, "read_only": "on"})
    assert admin_client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    bucket.refresh_from_db()
    assert (bucket.name, bucket.read_only) == ("lab", True)


def test_a_read_only_bucket_refuses_its_owner(bucket, owner):
    Bucket.objects.update(read_only=True)
    bucket.refresh_from_db()
    assert not bucket.writable_by(owner)
