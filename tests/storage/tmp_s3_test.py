import io, zipfile, pytest, uuid, shutil
from storage import objects
from storage.buckets import create_bucket, delete_bucket
from storage.objects import StorageError
@pytest.fixture(autouse=True)
def url(settings,tmp_path):
    import fsspec.config
    fsspec.config.conf["s3"]={"endpoint_url":"http://127.0.0.1:18333","key":"key","secret":"secret123"}
    import s3fs; fs=s3fs.S3FileSystem()
    if not fs.exists("argmax"): fs.mkdir("argmax")
    settings.OBJECT_STORE_URL="s3://argmax/"+uuid.uuid4().hex
    settings.BUCKETS_DIR=tmp_path/"b"; settings.EXAMPLES_DIR=tmp_path
def test_all(db, django_user_model, tmp_path):
    u=django_user_model.objects.create(username="ann"); create_bucket(u,"lab")
    assert objects.list_folder(u,"obs://lab/")==[]
    objects.upload(u,"obs://lab/code/","lib/m.py",io.BytesIO(b"m = 1"))
    objects.upload(u,"obs://lab/code/","big.bin",io.BytesIO(b"m"*12_000_000))
    objects.create_folder(u,"obs://lab/code/empty/")
    print(objects.list_folder(u,"obs://lab/")); print(objects.list_folder(u,"obs://lab/code/"))
    assert [e.name for e in objects.list_folder(u,"obs://lab/code/")]==["empty","lib","big.bin"]
    assert objects.list_folder(u,"obs://lab/code/empty/")==[]
    assert objects.exists(u,"obs://lab/code/lib/") and not objects.exists(u,"obs://lab/none/")
    print(objects.fetch_folder(u,"obs://lab/code/",tmp_path/"code"))
    assert (tmp_path/"code/lib/m.py").read_bytes()==b"m = 1" and (tmp_path/"code/empty").is_dir()
    print(objects.store_folder(u,tmp_path/"code","obs://lab/copy/"))
    with objects.open_file(u,"obs://lab/copy/lib/m.py") as f: assert f.read()==b"m = 1"
    for a in (objects.stat, objects.open_file, objects.list_folder, objects.delete):
        with pytest.raises(StorageError, match="does not exist"): a(u,"obs://lab/none/x")
    with pytest.raises(StorageError): objects.upload(u,"obs://lab/","code",io.BytesIO(b"x"))
    with pytest.raises(StorageError): objects.upload(u,"obs://lab/code/lib/m.py","x",io.BytesIO(b"x"))
    z=io.BytesIO()
    with zipfile.ZipFile(z,"w") as m: m.writestr("p/a.py","a"); m.writestr("p/q/","")
    objects.upload_zip(u,"obs://lab/",z)
    assert [e.name for e in objects.list_folder(u,"obs://lab/p/")]==["q","a.py"]
    objects.delete(u,"obs://lab/p/a.py"); objects.delete(u,"obs://lab/code/")
    from storage.store import open_store; s=open_store("lab"); assert s.fs.find(s.root+"/code")==[]; print("LEFT",objects.list_folder(u,"obs://lab/code/"))
    delete_bucket(u,"lab"); create_bucket(u,"lab"); assert objects.list_folder(u,"obs://lab/")==[]
def test_down(db, django_user_model, settings):
    import fsspec.config
    u=django_user_model.objects.create(username="ann")
    fsspec.config.conf["s3"]={"endpoint_url":"http://127.0.0.1:1","key":"key","secret":"secret123"}
    from s3fs import S3FileSystem; S3FileSystem.clear_instance_cache()
    with pytest.raises(StorageError) as e: create_bucket(u,"lab")
    print(e.value)
