app_name = "algorithms"
urlpatterns: list = []
